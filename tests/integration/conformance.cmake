# Sparkplug's normative ids against the programs themselves, through a recording proxy.
xalink_test(NAME conformance_test LABELS broker TIMEOUT 900
            SOURCES capture_story.cpp conformance.cpp conformance_checks_test.cpp conformance_edge.cpp
                    conformance_host.cpp conformance_test.cpp edge_message_rules.cpp
                    edge_session_rules.cpp
            LIBRARIES xalink_deployment xalink::sparkplug xalink_sparkplug_proto)
target_compile_definitions(conformance_test PRIVATE XALINK_CAPTURE_FOLDER="${CMAKE_CURRENT_BINARY_DIR}")
