xalink_test(NAME gateway_period_test SOURCES reports/period_test.cpp LIBRARIES xalink::period)
