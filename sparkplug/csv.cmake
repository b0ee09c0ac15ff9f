# Tables that come from outside as text: CSV in the encodings that offices write. The agent reads dossiers
# with it, the gateway what a province says of its communes.
find_package(PkgConfig REQUIRED)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)

add_library(xalink_csv STATIC
  csv_reader.cpp
  text_encoding.cpp
  text_form.cpp)
target_link_libraries(xalink_csv PUBLIC xalink_warnings PRIVATE xalink::sparkplug PkgConfig::UTF8PROC)
add_library(xalink::csv ALIAS xalink_csv)
