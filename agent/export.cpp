#include "agent/export.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <iostream>
#include <utility>

#include "agent/export_rows.hpp"
#include "sparkplug/export_file.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/stick_file.hpp"
#include "sparkplug/time_text.hpp"
#include "sparkplug/version.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

struct Written {
  ExportTotals totals;
  std::uint64_t bytes = 0;
};

// Replacing an export of the same outbox loses nothing: the new one holds all of it that still waits.
Result<void> may_replace(const std::filesystem::path& file, const ExportHeader& ours) {
  std::error_code error;
  if (!std::filesystem::exists(std::filesystem::symlink_status(file, error))) return {};
  auto source = StickSource::open(file);
  if (source) {
    ExportReader reader(**source, file.string());
    const auto theirs = reader.header();
    if (theirs && theirs->node == ours.node && theirs->epoch == ours.epoch) return {};
  }
  return failure(file.string(), "is there already and is no export of this board",
                 "Choose another name, or add --force to replace it");
}

// Told while there is little written yet, not at the last byte. Rows differ in size, those of one lane by
// less: only what is hopeless is refused here, the rest shows when the medium is full.
Result<void> check_space(const StickFile& stick, const std::filesystem::path& file, std::uint64_t bytes,
                         std::uint64_t done, std::uint64_t of) {
  if (done == 0 || done >= of) return {};
  const auto more = static_cast<std::uint64_t>(static_cast<double>(bytes) / static_cast<double>(done) *
                                               static_cast<double>(of - done));
  const auto room = stick.free_bytes();
  if (more / 2 <= room) return {};
  return failure(file.string(),
                 "about " + size_in_words(more) + " are still to be written, and " + size_in_words(room) +
                     " are free there",
                 "Free space there, or use another stick");
}

Result<Written> write_export(OutboxAccess& outbox, const ExportHeader& header, const SigningKey& key,
                             const std::filesystem::path& file, ProgressBar& progress) {
  auto stick = StickFile::create(file);
  if (!stick) return Unexpected(stick.error());
  const auto at_file = [&](Error error) {
    if (error.where.empty()) error.where = file.string();
    return Unexpected(std::move(error));
  };
  ExportWriter writer(**stick, header);
  if (auto begun = writer.begin(); !begun) return at_file(begun.error());
  std::uint64_t of = 0;
  for (const auto& rows : header.lanes) of += rows.rows();
  std::uint64_t done = 0;
  for (const Lane lane : kLanes) {
    auto rows = header.lanes[index(lane)];
    const auto before = writer.bytes();
    const auto all = rows.rows();
    while (rows.rows() > 0) {
      const auto batch = outbox.read(header.epoch, lane, rows);
      if (!batch) return at_file(batch.error());
      if (auto added = writer.add(*batch); !added) return at_file(added.error());
      done += batch->last() - rows.first + 1;
      rows.first = batch->last() + 1;
      if (auto fits = check_space(**stick, file, writer.bytes() - before, all - rows.rows(), all); !fits)
        return Unexpected(fits.error());
      progress.show(done, of);
    }
  }
  if (auto finished = writer.finish(key); !finished) return at_file(finished.error());
  if (auto finished = (*stick)->finish(); !finished) return Unexpected(finished.error());
  return Written{writer.totals(), writer.bytes()};
}

void tell_json(const ExportHeader& header, const std::filesystem::path& file, const Written& written,
               const PublicKey& key) {
  json::object told;
  told["file"] = written.bytes == 0 ? json::value(nullptr) : json::value(file.string());
  told["group"] = header.node.group;
  told["node"] = header.node.node;
  told["epoch"] = header.epoch;
  json::array lanes;
  for (const auto& rows : header.lanes)
    lanes.push_back(json::object{{"first", rows.first}, {"last", rows.last}});
  told["lanes"] = std::move(lanes);
  told["records"] = written.totals.records;
  told["given_up"] = written.totals.given_up;
  told["bytes"] = written.bytes;
  told["key"] = key.fingerprint();
  std::cout << json::serialize(told) << "\n";
}

void tell(const ExportHeader& header, const std::filesystem::path& file, const Written& written,
          const PublicKey& key, Language language) {
  const auto& totals = written.totals;
  const bool vi = language == Language::vietnamese;
  const auto board = to_string(header.node);
  if (written.bytes == 0) {
    std::cout << board
              << (vi ? ": không có bản ghi nào chờ gửi, không ghi tệp nào.\n"
                     : ": nothing waits to be delivered, so no file was written.\n");
    return;
  }
  std::string span;
  if (totals.oldest) {
    span = (vi ? " từ " : " from ") + local_text(*totals.oldest) + (vi ? " đến " : " to ") +
           local_text(*totals.newest);
  }
  std::cout << board << ": " << totals.records << (vi ? " bản ghi" : " records") << span
            << (vi ? " đã ghi vào " : " are in ") << file.string() << " (" << size_in_words(written.bytes)
            << ").\n";
  if (totals.given_up > 0) {
    std::cout << totals.given_up
              << (vi ? " bản ghi khác đã phải bỏ trước đó; tệp nói rõ lý do.\n"
                     : " others had been given up before; the file says why.\n");
  }
  std::cout << (vi ? "Khóa của máy này: " : "Signed with this board's key: ") << key.fingerprint() << "\n";
  const auto name = file.filename().string();
  if (vi) {
    std::cout << "Tiếp theo: tháo USB an toàn (umount), mang đến gateway và chạy: xalink-gateway import "
              << name << "\nRồi mang tệp " << name << ".ack về và chạy: xalink-agent acknowledge " << name
              << ".ack\nĐến lúc đó máy vẫn giữ các bản ghi này.\n";
  } else {
    std::cout << "Next: unmount the stick, take it to the gateway and run there: xalink-gateway import "
              << name << "\nThen bring " << name << ".ack back and run: xalink-agent acknowledge " << name
              << ".ack\nUntil then the board keeps these records.\n";
  }
}

}  // namespace

Result<OwnKey> board_key(const AgentConfig& config) {
  auto own_file = config.outbox_file;
  own_file += ".key";
  return own_key(config.broker, own_file);
}

ExitCode export_records(const AgentConfig& config, const ExportOrder& order, Language language,
                        const Clock& clock, ClockQuality quality) {
  const auto refuse = [language](const Error& error) {
    complain("xalink-agent", xalink::told(error, language), kProblem);
    return kProblem;
  };
  auto outbox = OutboxAccess::find(config);
  if (!outbox) return refuse(outbox.error());
  const auto rows = (*outbox)->begin_export(order.everything);
  if (!rows) return refuse(rows.error());
  const auto own = board_key(config);
  if (!own) return refuse(own.error());

  ExportHeader header;
  header.node = config.site;
  header.epoch = rows->epoch;
  header.created = clock.wall();
  header.quality = quality;
  header.lanes = rows->lanes;
  header.continues = rows->continues;
  header.public_key = own->key.public_key().der();
  header.certificate = own->certificate;
  header.software_version = kVersion;
  auto file = order.file;
  std::error_code error;
  if (std::filesystem::is_directory(file, error)) file /= export_file_name(header);

  Written written;
  if (header.lanes[0].rows() + header.lanes[1].rows() > 0) {
    if (!order.force) {
      if (auto free = may_replace(file, header); !free) return refuse(free.error());
    }
    ProgressBar progress(clock, language == Language::vietnamese ? "Đang xuất" : "Exporting");
    auto done = write_export(**outbox, header, own->key, file, progress);
    if (!done) {
      return refuse(done.error());
    }
    written = *done;
  }
  if (order.json) {
    tell_json(header, file, written, own->key.public_key());
  } else {
    tell(header, file, written, own->key.public_key(), language);
  }
  return kFine;
}

}  // namespace xalink
