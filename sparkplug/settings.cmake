# Configuration files of both programs.
add_library(xalink_settings STATIC broker_settings.cpp settings.cpp settings_wording.cpp)
target_link_libraries(xalink_settings
  PUBLIC xalink::sparkplug
  PRIVATE tomlplusplus::tomlplusplus)
add_library(xalink::settings ALIAS xalink_settings)
