#include "agent/acknowledge.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <system_error>
#include <utility>

#include "agent/export_rows.hpp"
#include "sparkplug/certificate.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/stick_file.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

std::filesystem::path trusted_key_file(const AgentConfig& config) {
  auto file = config.outbox_file;
  file += ".gateway.pem";
  return file;
}

Result<void> keep_key(const std::filesystem::path& file, const PublicKey& key) {
  auto kept = StickFile::create(file);
  if (!kept) return Unexpected(kept.error());
  if (auto written = (*kept)->write(key.pem()); !written) return written;
  return (*kept)->finish();
}

void tell(const AgentConfig& config, const std::array<OutboxAccess::Acknowledged, kLaneCount>& lanes,
          Language language) {
  const bool vi = language == Language::vietnamese;
  std::uint64_t fresh = 0;
  std::uint64_t waiting = 0;
  for (const auto& lane : lanes) {
    fresh += lane.mark - lane.before;
    waiting += lane.last - lane.mark;
  }
  std::cout << to_string(config.site) << ": ";
  if (fresh == 0) {
    std::cout << (vi ? "xác nhận này không có gì mới" : "this acknowledgement says nothing new");
  } else {
    std::cout << (vi ? "gateway đã lưu thêm " : "the gateway has ") << fresh
              << (vi ? " bản ghi; máy giữ chúng làm bản dự phòng khi còn chỗ"
                     : " more records; they stay here as spares while there is space");
  }
  std::cout << (vi ? ". Còn chờ gửi: " : ". Still to be delivered: ") << waiting << ".\n";
}

void tell_json(const AgentConfig& config, const std::string& epoch,
               const std::array<OutboxAccess::Acknowledged, kLaneCount>& lanes) {
  json::array told;
  for (const auto& lane : lanes)
    told.push_back(json::object{{"before", lane.before}, {"mark", lane.mark}, {"last", lane.last}});
  const json::object all{
      {"group", config.site.group}, {"node", config.site.node}, {"epoch", epoch}, {"lanes", std::move(told)}};
  std::cout << json::serialize(all) << "\n";
}

}  // namespace

Result<void> check_gateway(const AgentConfig& config, const Acknowledgement& acknowledgement,
                           const std::string& trust, const std::string& where) {
  const auto key = PublicKey::from_der(acknowledgement.public_key);
  if (!key)
    return Unexpected(refusal(where, Said("its key ", "khóa của tệp ") + halves(key.error().what), {}));
  const auto file = trusted_key_file(config);
  if (!trust.empty()) {
    if (trust != key->fingerprint()) {
      return Unexpected(
          refusal(where,
                  {"is signed by the key " + key->fingerprint() + ", not by the one given with --trust",
                   "được ký bằng khóa " + key->fingerprint() + ", không phải khóa ghi sau --trust"},
                  {"compare it with what `xalink-gateway import` printed. Nothing was forgotten",
                   "đối chiếu với dòng mà `xalink-gateway import` in ra. Chưa xóa bản ghi nào"}));
    }
    return keep_key(file, *key);
  }
  Said tried;
  if (!acknowledgement.certificate.empty() && !config.broker.ca_file.empty() &&
      !config.primary_host.empty()) {
    const auto name = check_certificate(acknowledgement.certificate, config.broker.ca_file);
    if (name && name->common_name == config.primary_host && name->key == *key) return {};
    tried = !name ? Said("; its certificate: ", "; chứng thư của nó: ") + halves(name.error().what)
                  : Said("; its certificate is of \"" + name->common_name + "\", the gateway is \"" +
                             config.primary_host + "\"",
                         "; chứng thư của nó là của \"" + name->common_name + "\", máy chủ tỉnh là \"" +
                             config.primary_host + "\"");
  }
  std::error_code error;
  const bool known = std::filesystem::exists(file, error);
  if (known) {
    const auto trusted = PublicKey::load(file);
    if (!trusted) return Unexpected(trusted.error());
    if (*trusted == *key) return {};
    tried += Said("; this board trusts ", "; máy này tin khóa ") + trusted->fingerprint();
  }
  const auto print = key->fingerprint();
  return Unexpected(refusal(where,
                            Said("is signed by a gateway that this board does not know",
                                 "được ký bởi máy chủ tỉnh mà máy này không biết") +
                                tried,
                            {"compare the key " + print + " with what `xalink-gateway import` printed" +
                                 (known ? "; if the gateway was replaced" : "; if it is the same") +
                                 ", repeat this once with --trust " + print + ". Nothing was forgotten",
                             "đối chiếu khóa " + print + " với dòng mà `xalink-gateway import` in ra" +
                                 (known ? "; nếu máy chủ tỉnh đã được thay" : "; nếu giống nhau") +
                                 ", chạy lại một lần với --trust " + print + ". Chưa xóa bản ghi nào"}));
}

ExitCode acknowledge_records(const AgentConfig& config, const AcknowledgeOrder& order, Language language) {
  const auto refuse = [language](const Error& error) {
    complain("xalink-agent", xalink::told(error, language), kProblem);
    return kProblem;
  };
  const auto where = order.file.string();
  auto source = StickSource::open(order.file);
  if (!source) return refuse(source.error());
  const auto acknowledgement = read_acknowledgement(**source, where);
  if (!acknowledgement) return refuse(acknowledgement.error());
  if (acknowledgement->node != config.site) {
    return refuse(Error{
        where, "is for " + to_string(acknowledgement->node) + ", this board is " + to_string(config.site),
        "Take it to that board. Nothing was forgotten"});
  }
  if (auto known = check_gateway(config, *acknowledgement, order.trust, where); !known)
    return refuse(known.error());
  auto outbox = OutboxAccess::find(config);
  if (!outbox) return refuse(outbox.error());
  const auto lanes = (*outbox)->acknowledge(acknowledgement->epoch, acknowledgement->marks);
  if (!lanes) return refuse(lanes.error());
  if (order.json) {
    tell_json(config, acknowledgement->epoch, *lanes);
  } else {
    tell(config, *lanes, language);
  }
  return kFine;
}

}  // namespace xalink
