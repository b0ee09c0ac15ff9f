#include "sparkplug/acknowledgement_file.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "sparkplug/carried_payload.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

constexpr char kFrame = 'A';
constexpr std::string_view kGroup = "Acknowledgement/Group";
constexpr std::string_view kNode = "Acknowledgement/Node";
constexpr std::string_view kHost = "Acknowledgement/Host";
constexpr std::string_view kCreated = "Acknowledgement/Created";
constexpr std::string_view kKey = "Acknowledgement/Key";
constexpr std::string_view kCertificate = "Acknowledgement/Certificate";

}  // namespace

Result<void> write_acknowledgement(ByteSink& sink, const Acknowledgement& acknowledgement,
                                   const SigningKey& key) {
  CarriedPayload payload;
  payload.put(kGroup, acknowledgement.node.group);
  payload.put(kNode, acknowledgement.node.node);
  payload.put(metric::kAcknowledgeEpoch, acknowledgement.epoch);
  for (const Lane lane : kLanes)
    payload.put(metric::acknowledge_lane(lane), acknowledgement.marks[index(lane)]);
  payload.put(kHost, acknowledgement.host_id);
  payload.put_time(kCreated, wire_time(acknowledgement.created));
  payload.put_bytes(kKey, acknowledgement.public_key);
  if (!acknowledgement.certificate.empty()) payload.put(kCertificate, acknowledgement.certificate);
  SignedFileWriter file(sink, SignedFileKind::acknowledgement);
  if (auto added = file.add(kFrame, payload.encoded()); !added) return added;
  return file.finish(key);
}

Result<Acknowledgement> read_acknowledgement(ByteSource& source, std::string where) {
  SignedFileReader file(source, SignedFileKind::acknowledgement, std::move(where));
  const auto frame = file.next();
  if (!frame) return Unexpected(frame.error());
  if (!*frame || (*frame)->type != kFrame) return file.altered("it holds no acknowledgement");
  const auto payload = CarriedPayload::decoded((*frame)->payload);
  if (!payload) return file.altered("its acknowledgement cannot be read");
  const auto end = file.next();
  if (!end) return Unexpected(end.error());
  if (*end) return file.altered("something follows the acknowledgement");

  constexpr auto kHighest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  Acknowledgement acknowledgement;
  acknowledgement.node = NodeId{payload->text(kGroup), payload->text(kNode)};
  acknowledgement.epoch = payload->text(metric::kAcknowledgeEpoch);
  for (const Lane lane : kLanes) {
    acknowledgement.marks[index(lane)] = payload->number(metric::acknowledge_lane(lane));
    if (acknowledgement.marks[index(lane)] > kHighest) return file.altered("its marks make no sense");
  }
  acknowledgement.host_id = payload->text(kHost);
  acknowledgement.created =
      WallTime(Milliseconds(static_cast<std::int64_t>(std::min(payload->number(kCreated), kHighest))));
  acknowledgement.public_key = payload->bytes(kKey);
  acknowledgement.certificate = payload->text(kCertificate);
  if (!is_valid_id(acknowledgement.node.group) || !is_valid_id(acknowledgement.node.node) ||
      acknowledgement.epoch.empty()) {
    return file.altered("it does not say for which board it is");
  }
  const auto key = PublicKey::from_der(acknowledgement.public_key);
  if (!key) return file.altered("its key " + key.error().what);
  if (auto good = file.verify(*key); !good) return Unexpected(good.error());
  return acknowledgement;
}

}  // namespace xalink
