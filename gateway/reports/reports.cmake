# Periods and reports.
add_library(xalink_period STATIC meaning/period.cpp)
target_link_libraries(xalink_period PUBLIC xalink_warnings xalink::sparkplug xalink::registry)
add_library(xalink::period ALIAS xalink_period)
