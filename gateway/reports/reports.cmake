# Periods and reports.
add_library(xalink_period STATIC meaning/period.cpp)
target_link_libraries(xalink_period PUBLIC xalink_warnings xalink::sparkplug xalink::registry)
add_library(xalink::period ALIAS xalink_period)

# A report as a value, and its writers: no store, no broker.
find_package(PkgConfig REQUIRED)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)
add_library(xalink_report_writers STATIC
  reports/cell_text.cpp
  reports/chart_rows.cpp
  reports/csv_writer.cpp
  reports/document.cpp
  reports/html_text.cpp
  reports/html_writer.cpp
  reports/json_writer.cpp
  reports/svg_chart.cpp
  reports/svg_map.cpp
  reports/xlsx_cells.cpp
  reports/xlsx_writer.cpp)
target_link_libraries(xalink_report_writers
  PUBLIC xalink_warnings xalink::period xalink::sparkplug
  PRIVATE PkgConfig::XLSXWRITER)
add_library(xalink::report_writers ALIAS xalink_report_writers)

# The reports themselves, from store and registry. What they judge by comes with the program.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS meaning/data/threshold-profiles.csv)
file(READ meaning/data/threshold-profiles.csv XALINK_THRESHOLD_PROFILES)
configure_file(reports/threshold_profiles_text.hpp.in
               ${XALINK_GATEWAY_GENERATED}/gateway/reports/threshold_profiles_text.hpp @ONLY)
add_library(xalink_reports STATIC
  reports/coverage_report.cpp
  reports/delayed_dossiers.cpp
  reports/dossiers_sources.cpp
  reports/fleet/board_figures.cpp
  reports/fleet/boards_table.cpp
  reports/fleet/fleet_sums.cpp
  reports/fleet/software_table.cpp
  reports/fleet/units_table.cpp
  reports/fleet_report.cpp
  reports/investment.cpp
  reports/investment/evidence_table.cpp
  reports/investment/points_table.cpp
  reports/investment/ranking_table.cpp
  reports/investment/registry_table.cpp
  reports/investment/sensitivity_table.cpp
  reports/investment/units_table.cpp
  reports/investment/unranked_table.cpp
  reports/investment_evidence.cpp
  reports/investment_report.cpp
  reports/network_reports.cpp
  reports/outage_report.cpp
  reports/report_command.cpp
  reports/report_files.cpp
  reports/scope.cpp
  reports/services_report.cpp
  reports/technology_words.cpp
  reports/unit_place.cpp
  reports/village_table.cpp)
target_include_directories(xalink_reports PRIVATE ${XALINK_GATEWAY_GENERATED})
target_link_libraries(xalink_reports
  PUBLIC xalink_warnings xalink::report_writers xalink::registry xalink::availability xalink::services
         xalink::service_reading xalink::gateway_core xalink::carried)
add_library(xalink::reports ALIAS xalink_reports)
