xalink_test(NAME gateway_services_test
            SOURCES meaning/dossier_test.cpp meaning/scores_test.cpp meaning/services_test.cpp meaning/work_calendar_test.cpp
            LIBRARIES xalink::services xalink_fakes)
target_compile_definitions(gateway_services_test PRIVATE
  XALINK_MEANING_DATA="${PROJECT_SOURCE_DIR}/gateway/meaning/data")
xalink_test(NAME gateway_service_reading_test
            SOURCES meaning/dossiers_report_test.cpp meaning/service_reading_test.cpp
            LIBRARIES xalink::reports xalink_fakes)
target_compile_definitions(gateway_service_reading_test PRIVATE
  XALINK_MEANING_DATA="${PROJECT_SOURCE_DIR}/gateway/meaning/data"
  XALINK_RECOMPUTE="${CMAKE_CURRENT_SOURCE_DIR}/meaning/recompute.py")
