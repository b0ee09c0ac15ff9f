# Outages and availability: no I/O, time as an argument; site_reading gives them the store's records.
add_library(xalink_availability STATIC
  meaning/availability.cpp
  meaning/availability_by.cpp
  meaning/cause.cpp
  meaning/interval.cpp
  meaning/opening_times.cpp
  meaning/outages.cpp
  meaning/site_evidence.cpp
  meaning/timeline.cpp
  site_reading.cpp)
target_link_libraries(xalink_availability
  PUBLIC xalink_warnings xalink::sparkplug xalink::registry xalink::period xalink::gateway_core)
add_library(xalink::availability ALIAS xalink_availability)
