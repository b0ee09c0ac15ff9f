# How the disk stands that a program keeps its file on.
add_library(xalink_disk STATIC folder.cpp read_only_disk.cpp)
target_link_libraries(xalink_disk PUBLIC xalink_warnings)
add_library(xalink::disk ALIAS xalink_disk)
