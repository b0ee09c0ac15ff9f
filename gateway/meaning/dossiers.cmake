# What dossiers and the registers of a province come to: pure functions, no store and no clock.
add_library(xalink_services STATIC
  meaning/dossier.cpp
  meaning/judgement.cpp
  meaning/procedures.cpp
  meaning/work_calendar.cpp)
target_link_libraries(xalink_services PUBLIC xalink_warnings xalink::sparkplug xalink::registry xalink::period)
add_library(xalink::services ALIAS xalink_services)
install(FILES meaning/data/decision-766-bands.csv meaning/data/decision-766.csv meaning/data/office-hours.csv
              meaning/data/working-days-2024-2027.csv
        DESTINATION ${CMAKE_INSTALL_DATADIR}/xalink)
