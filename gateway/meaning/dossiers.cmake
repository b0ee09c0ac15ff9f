# What dossiers and the registers of a province come to: pure functions, no store and no clock.
add_library(xalink_services STATIC
  meaning/dossier.cpp
  meaning/judgement.cpp
  meaning/official_figures.cpp
  meaning/procedures.cpp
  meaning/satisfaction.cpp
  meaning/service_figures.cpp
  meaning/service_scores.cpp
  meaning/service_table.cpp
  meaning/service_tally.cpp
  meaning/small_cells.cpp
  meaning/task_register.cpp
  meaning/village_counts.cpp
  meaning/work_calendar.cpp)
target_link_libraries(xalink_services PUBLIC xalink_warnings xalink::sparkplug xalink::registry xalink::period)
add_library(xalink::services ALIAS xalink_services)
# Gives them the store's records.
add_library(xalink_service_reading STATIC service_reading.cpp)
target_link_libraries(xalink_service_reading PUBLIC xalink::services xalink::gateway_core PRIVATE SQLiteCpp)
add_library(xalink::service_reading ALIAS xalink_service_reading)

# Their report, among the others.
target_sources(xalink_reports PRIVATE
  reports/dossiers/due_table.cpp
  reports/dossiers/figures_table.cpp
  reports/dossiers/named_units.cpp
  reports/dossiers/official_table.cpp
  reports/dossiers/scores_table.cpp
  reports/dossiers/shown_figures.cpp
  reports/dossiers/targets_table.cpp
  reports/dossiers/task_counts_table.cpp
  reports/dossiers/tasks_table.cpp
  reports/dossiers/units_table.cpp
  reports/dossiers_making.cpp
  reports/dossiers_report.cpp)
target_link_libraries(xalink_reports PUBLIC xalink::service_reading)

install(FILES meaning/data/decision-766-bands.csv meaning/data/decision-766.csv meaning/data/office-hours.csv
              meaning/data/working-days-2024-2027.csv
        DESTINATION ${CMAKE_INSTALL_DATADIR}/xalink)
