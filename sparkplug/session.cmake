# The MQTT session over Paho, and the clocks that it and everything else waits by.
find_package(PahoMqttCpp 1.2 REQUIRED)

# HTTP proxies: how one is written in a configuration, and the way through one. Two libraries, because clang 14
# cannot compile coroutines with the sanitizers of the fuzz targets, which read configurations.
add_library(xalink_proxy STATIC http_proxy.cpp)
target_link_libraries(xalink_proxy PUBLIC xalink::sparkplug PRIVATE OpenSSL::Crypto)
add_library(xalink::proxy ALIAS xalink_proxy)

add_library(xalink_tunnel STATIC http_tunnel.cpp)
target_link_libraries(xalink_tunnel PUBLIC xalink::proxy)
add_library(xalink::tunnel ALIAS xalink_tunnel)

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
  PUBLIC xalink::sparkplug xalink::tunnel Threads::Threads
  PRIVATE PahoMqttCpp::paho-mqttpp3 OpenSSL::SSL OpenSSL::Crypto spdlog::spdlog)
add_library(xalink::session ALIAS xalink_session)
