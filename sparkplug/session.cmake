# The MQTT session over Paho, and the clocks that it and everything else waits by.
find_package(PahoMqttCpp 1.2 REQUIRED)

# HTTP proxies, for sessions and probes.
add_library(xalink_proxy STATIC http_proxy.cpp http_tunnel.cpp)
target_link_libraries(xalink_proxy PUBLIC xalink::sparkplug PRIVATE OpenSSL::Crypto)
add_library(xalink::proxy ALIAS xalink_proxy)

add_library(xalink_session STATIC
  asio_clock.cpp
  certificate_time.cpp
  kernel_clock.cpp
  control_socket.cpp
  loop_event.cpp
  mqtt_refusal.cpp
  paho_session.cpp
  proxy_relay.cpp
  session_loop.cpp
  socket_options.cpp)
target_link_libraries(xalink_session
  PUBLIC xalink::sparkplug xalink::proxy Threads::Threads
  PRIVATE PahoMqttCpp::paho-mqttpp3 OpenSSL::SSL OpenSSL::Crypto spdlog::spdlog)
add_library(xalink::session ALIAS xalink_session)
