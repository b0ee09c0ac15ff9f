#pragma once
// Rules of single messages of an edge node. Each gives what is wrong, or nothing.

#include <functional>
#include <string>

#include "tests/integration/conformance.hpp"

namespace xalink::test::edge {

[[nodiscard]] std::string qos_0_not_retained(const WireSession&, const Reading& reading);
[[nodiscard]] std::string qos_0(const WireSession&, const Reading& reading);
[[nodiscard]] std::string not_retained(const WireSession&, const Reading& reading);
/// In milliseconds of UTC.
[[nodiscard]] std::string has_timestamp(const WireSession&, const Reading& reading);
[[nodiscard]] std::string has_seq(const WireSession&, const Reading& reading);
[[nodiscard]] std::string seq_is_zero(const WireSession& session, const Reading& reading);
[[nodiscard]] std::string is_protobuf(const WireSession&, const Reading& reading);
[[nodiscard]] std::string of_its_own_node(const WireSession& session, const Reading& reading);
[[nodiscard]] std::string bdseq_of_the_will(const WireSession& session, const Reading& reading);
/// On each metric of a message.
using MetricRule = std::function<std::string(const wire::Metric&)>;
[[nodiscard]] MessageRule each_metric(MetricRule rule);
[[nodiscard]] std::string value_or_null(const wire::Metric& metric);
[[nodiscard]] std::string full_definition(const wire::Metric& metric);
[[nodiscard]] std::string known_type(const wire::Metric& metric);
[[nodiscard]] std::string rebirth_metric(const WireSession&, const Reading& reading);
/// Metrics that are not historical keep the order of time, each by itself.
[[nodiscard]] std::string in_order_of_time(const WireSession&, const Reading& reading);
/// Of all DataSets and of all properties that nodes sent.
[[nodiscard]] Verdict data_sets(const CaptureStory& story);
[[nodiscard]] Verdict properties(const CaptureStory& story);
[[nodiscard]] std::string death_is_bdseq_alone(const Reading& death);
[[nodiscard]] std::string death_has_no_seq(const Reading& death);

}  // namespace xalink::test::edge
