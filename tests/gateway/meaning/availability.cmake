xalink_test(NAME gateway_availability_test
            SOURCES meaning/availability_by_test.cpp meaning/availability_order_test.cpp
                    meaning/availability_test.cpp meaning/site_reading_test.cpp
            LIBRARIES xalink::availability xalink_fakes)
