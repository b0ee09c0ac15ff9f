xalink_test(NAME gateway_period_test SOURCES reports/period_test.cpp LIBRARIES xalink::period)
xalink_test(NAME gateway_reports_test SOURCES reports/writers_test.cpp
            LIBRARIES xalink::report_writers xalink::csv)
target_compile_definitions(gateway_reports_test PRIVATE
  XALINK_READ_BACK="${CMAKE_CURRENT_SOURCE_DIR}/reports/read_back.py")
