# Periods and reports.
add_library(xalink_period STATIC meaning/period.cpp)
target_link_libraries(xalink_period PUBLIC xalink_warnings xalink::sparkplug xalink::registry)
add_library(xalink::period ALIAS xalink_period)

# A report as a value, and its writers: no store, no broker.
find_package(PkgConfig REQUIRED)
pkg_check_modules(XLSXWRITER REQUIRED IMPORTED_TARGET xlsxwriter)
add_library(xalink_report_writers STATIC
  reports/cell_text.cpp
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

# The reports themselves, from store and registry.
add_library(xalink_reports STATIC
  reports/fleet_report.cpp
  reports/outage_report.cpp
  reports/report_command.cpp
  reports/report_files.cpp
  reports/scope.cpp
  reports/unit_place.cpp)
target_link_libraries(xalink_reports
  PUBLIC xalink_warnings xalink::report_writers xalink::registry xalink::availability xalink::gateway_core
         xalink::carried)
add_library(xalink::reports ALIAS xalink_reports)
