xalink_test(NAME gateway_availability_test
            SOURCES meaning/availability_by_test.cpp meaning/availability_order_test.cpp
                    meaning/availability_test.cpp meaning/coverage_by_test.cpp meaning/coverage_test.cpp
                    meaning/site_reading_test.cpp
            LIBRARIES xalink::availability xalink_fakes)
target_compile_definitions(gateway_availability_test PRIVATE
  XALINK_THRESHOLD_PROFILES="${PROJECT_SOURCE_DIR}/gateway/meaning/data/threshold-profiles.csv")
xalink_test(NAME gateway_rollup_test SOURCES meaning/quantile_sketch_test.cpp meaning/rollup_test.cpp
            LIBRARIES xalink::gateway_core)
xalink_test(NAME gateway_retention_test SOURCES retention_test.cpp
            LIBRARIES xalink::availability xalink_fakes)
