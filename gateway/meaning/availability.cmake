# Outages, availability and coverage: no I/O, time as an argument; site_reading gives them the store's records.
add_library(xalink_availability STATIC
  meaning/availability.cpp
  meaning/availability_by.cpp
  meaning/cause.cpp
  meaning/coverage.cpp
  meaning/coverage_by.cpp
  meaning/distribution.cpp
  meaning/interval.cpp
  meaning/opening_times.cpp
  meaning/outages.cpp
  meaning/site_evidence.cpp
  meaning/site_measures.cpp
  meaning/threshold_profiles.cpp
  meaning/timeline.cpp
  site_reading.cpp)
target_link_libraries(xalink_availability
  PUBLIC xalink_warnings xalink::sparkplug xalink::registry xalink::period xalink::services
         xalink::gateway_core
  PRIVATE xalink::csv)
add_library(xalink::availability ALIAS xalink_availability)
install(FILES meaning/data/threshold-profiles.csv DESTINATION ${CMAKE_INSTALL_DATADIR}/xalink)
