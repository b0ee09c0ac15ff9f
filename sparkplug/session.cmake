# The MQTT session over Paho, and the clocks that it and everything else waits by.
find_package(PahoMqttCpp 1.2 REQUIRED)

add_library(xalink_session STATIC
  asio_clock.cpp
  certificate_time.cpp
  kernel_clock.cpp
  control_socket.cpp
  loop_event.cpp
  mqtt_refusal.cpp
  paho_session.cpp
  session_loop.cpp
  socket_options.cpp)
target_link_libraries(xalink_session
  PUBLIC xalink::sparkplug Threads::Threads
  PRIVATE PahoMqttCpp::paho-mqttpp3 OpenSSL::SSL OpenSSL::Crypto spdlog::spdlog)
add_library(xalink::session ALIAS xalink_session)
