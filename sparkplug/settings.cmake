# Configuration files of both programs, and what else they do alike at their edges.
add_library(xalink_settings STATIC broker_settings.cpp program.cpp secret_file.cpp settings.cpp
            settings_wording.cpp settings_words.cpp usage_words.cpp)
target_link_libraries(xalink_settings
  PUBLIC xalink::sparkplug xalink::proxy
  PRIVATE tomlplusplus::tomlplusplus spdlog::spdlog)
add_library(xalink::settings ALIAS xalink_settings)
