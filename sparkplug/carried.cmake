# What is carried by hand between board and gateway: export and acknowledgement files, the keys that sign
# them, and how they come onto a stick whole or not at all. The same key opens a measurement.
add_library(xalink_carried STATIC
  acknowledgement_file.cpp
  carried_payload.cpp
  certificate.cpp
  export_file.cpp
  measure_pass.cpp
  own_key.cpp
  progress_bar.cpp
  signed_file.cpp
  signing_key.cpp
  stick_file.cpp)
target_link_libraries(xalink_carried PUBLIC xalink::sparkplug PRIVATE xalink::disk OpenSSL::Crypto)
add_library(xalink::carried ALIAS xalink_carried)
