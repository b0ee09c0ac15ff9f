xalink_test(NAME gateway_period_test SOURCES reports/period_test.cpp LIBRARIES xalink::period)
xalink_test(NAME gateway_reports_test SOURCES reports/writers_test.cpp
            LIBRARIES xalink::report_writers xalink::csv)
target_compile_definitions(gateway_reports_test PRIVATE
  XALINK_READ_BACK="${CMAKE_CURRENT_SOURCE_DIR}/reports/read_back.py")
xalink_test(NAME gateway_report_command_test SOURCES reports/fleet_report_test.cpp reports/delayed_dossiers_test.cpp reports/investment_evidence_test.cpp
            reports/investment_test.cpp
            reports/outage_report_test.cpp reports/services_report_test.cpp
            TIMEOUT 600  # it makes every report, also under sanitizers
            LIBRARIES xalink::reports)
target_compile_definitions(gateway_report_command_test PRIVATE
  XALINK_GATEWAY_PROGRAM="$<TARGET_FILE:xalink-gateway>")
add_dependencies(gateway_report_command_test xalink-gateway)
