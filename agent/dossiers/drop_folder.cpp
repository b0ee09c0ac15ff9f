#include "agent/dossiers/drop_folder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <system_error>
#include <utility>

#include "agent/dossiers/csv_reader.hpp"
#include "agent/dossiers/dossier_row.hpp"
#include "agent/dossiers/rejected_rows.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

constexpr std::string_view kNoteKey = "dossiers/drop_folder";
// The same complaint comes with every scan; an operator needs it now and then.
constexpr Duration kComplaintInterval = std::chrono::minutes(10);
constexpr std::size_t kMaxComplaints = 64;

bool is_csv_name(const std::string& name) {
  constexpr std::string_view kSuffix = ".csv";
  if (name.size() <= kSuffix.size() || name.front() == '.') return false;
  return std::equal(kSuffix.begin(), kSuffix.end(), name.end() - static_cast<std::ptrdiff_t>(kSuffix.size()),
                    [](char wanted, char c) { return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == wanted; });
}

/// For the log: one line, whatever the name holds.
std::string shown(const std::string& name) {
  std::string text = name;
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return text;
}

}  // namespace

/// One reading of one file from its first byte.
struct DropFolder::Pass {
  Pass(std::string file_name, SourceFile file, const DropFolderSettings& settings, const Schema& schema,
       const FileProgress& from, const std::filesystem::path& rejected)
      : name(std::move(file_name)),
        source(std::move(file)),
        csv(settings.delimiter),
        rows(settings, schema),
        report(rejected, name, from.report_bytes),
        before(from),
        reached(from) {}

  std::string name;
  SourceFile source;
  CsvReader csv;
  DossierRow rows;
  RejectedRows report;
  PrefixDigest digest;
  std::uint64_t offset = 0;  ///< bytes of the rows seen in this pass
  bool header_seen = false;
  const CsvRow* row = nullptr;
  std::vector<Pending> records;
  FileProgress before;   ///< durable when the pass began
  FileProgress reached;  ///< durable now, and the rows counted since
};

DropFolder::DropFolder(DropFolderSettings settings, Clock& clock, WorkerThread& disk, Sink sink,
                       NoteReader note_reader, StampNow stamp_now)
    : settings_(std::move(settings)),
      clock_(clock),
      disk_(disk),
      sink_(std::move(sink)),
      note_reader_(std::move(note_reader)),
      stamp_now_(std::move(stamp_now)),
      schema_(dossier_schema()) {}

boost::asio::awaitable<void> DropFolder::run() {
  if (settings_.folder.empty()) co_return;
  while (true) {
    co_await scan_once();
    co_await clock_.sleep_for(settings_.scan_interval);
  }
}

boost::asio::awaitable<void> DropFolder::scan_once() {
  if (settings_.folder.empty()) co_return;
  counters_.last_error.clear();
  const bool loaded = co_await load_progress();
  if (!loaded) co_return;
  const Result<std::vector<std::string>> files = complete_files();
  if (!files) {
    complain(files.error());
    co_return;
  }
  for (const std::string& file : *files) {
    std::string name = file;
    const Outcome outcome = co_await take(std::move(name));
    if (outcome == Outcome::end_scan) co_return;
  }
}

boost::asio::awaitable<bool> DropFolder::load_progress() {
  if (progress_) co_return true;
  std::string key(kNoteKey);
  const Result<std::optional<std::string>> note = co_await note_reader_(std::move(key));
  if (!note) {
    complain(note.error());
    co_return false;
  }
  if (!*note) {
    progress_.emplace();
    co_return true;
  }
  Result<FolderProgress> progress = decode_progress(**note);
  if (!progress) {
    complain(progress.error());
    co_return false;
  }
  progress_ = std::move(*progress);
  co_return true;
}

Result<void> DropFolder::prepare_folders() const {
  std::error_code error;
  if (!std::filesystem::is_directory(settings_.folder, error)) {
    return failure(settings_.folder.string(), "the drop folder is not there",
                   "create it, or correct [dossiers] drop_folder");
  }
  for (const std::filesystem::path& folder : {done(), rejected()}) {
    std::filesystem::create_directory(folder, error);
    if (error) {
      return failure(folder.string(), "cannot be created: " + error.message(),
                     "let the agent's user write in the drop folder");
    }
  }
  return {};
}

Result<std::vector<std::string>> DropFolder::complete_files() {
  if (auto prepared = prepare_folders(); !prepared) return Unexpected(std::move(prepared.error()));
  std::error_code error;
  std::map<std::string, FileIdentity> now;
  std::set<std::string> names;
  std::filesystem::directory_iterator entry(settings_.folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!is_csv_name(name)) continue;
    names.insert(name);
    bool regular = false;
    const Result<FileIdentity> identity = identify(entry->path(), regular);
    // Gone again, out of reach, or not a file: nothing to take.
    if (identity && regular) now.emplace(name, *identity);
  }
  if (error) {
    return failure(settings_.folder.string(), "cannot be listed: " + error.message(),
                   "let the agent's user read the drop folder");
  }
  std::vector<std::string> complete;
  for (const auto& [name, identity] : now) {
    const auto before = seen_.find(name);
    // Empty: its writer has only just made it.
    if (before != seen_.end() && before->second == identity && identity.size > 0) complete.push_back(name);
  }
  seen_ = std::move(now);
  // Moved before a crash, or taken away by hand: when such a name comes again, it is another file.
  std::erase_if(*progress_, [&](const auto& file) { return names.find(file.first) == names.end(); });
  return complete;
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::take(std::string name) {
  const std::filesystem::path path = settings_.folder / name;
  while (true) {
    Result<SourceFile> source = SourceFile::open(path);
    if (!source) {
      complain(source.error());
      co_return Outcome::next_file;
    }
    // Written to between the look at the folder and now: it has to stand still again.
    if (source->identity() != seen_[name]) co_return Outcome::next_file;
    const auto known = progress_->find(name);
    const FileProgress before = known == progress_->end() ? FileProgress() : known->second;
    Pass pass(name, std::move(*source), settings_, schema_, before, rejected());
    const Outcome outcome = co_await read_rows(pass);
    if (outcome != Outcome::another_pass) co_return outcome;
    // Another content under a name that was begun: what was taken of the old one stays taken.
    progress_->erase(name);
  }
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::read_rows(Pass& pass) {
  auto executor = co_await boost::asio::this_coro::executor;
  while (true) {
    pass.row = pass.csv.next();
    if (pass.row == nullptr) {
      if (pass.csv.at_end()) break;
      const Result<std::string_view> piece = pass.source.read();
      if (!piece) {
        complain(piece.error());
        co_return Outcome::next_file;
      }
      piece->empty() ? pass.csv.finish() : pass.csv.feed(*piece);
      co_await boost::asio::post(executor, boost::asio::use_awaitable);
      continue;
    }
    const bool taken_before = pass.offset < pass.before.offset;
    pass.offset += pass.row->raw.size();
    pass.digest.add(pass.row->raw);
    if (taken_before && pass.offset >= pass.before.offset) {
      const bool same = pass.offset == pass.before.offset && pass.digest.hex() == pass.before.digest;
      if (!same) co_return Outcome::another_pass;
    }
    if (pass.row->blank()) continue;
    if (!std::exchange(pass.header_seen, true)) {
      const Result<void> mapped = pass.rows.map_header(pass.row->fields);
      if (!mapped) {
        std::string reason = pass.row->broken.empty() ? mapped.error().what : std::string(pass.row->broken);
        std::string name = pass.name;
        const Outcome outcome = co_await reject_file(std::move(name), std::move(reason));
        co_return outcome;
      }
      continue;
    }
    if (taken_before) continue;
    const Result<void> kept = take_row(pass);
    if (!kept) {
      complain(kept.error());
      co_return Outcome::next_file;
    }
    if (pass.records.size() >= settings_.rows_per_append) {
      const bool appended = co_await append(pass, /*complete=*/false);
      if (!appended) co_return Outcome::end_scan;
    }
  }
  if (pass.offset < pass.before.offset) co_return Outcome::another_pass;
  const Outcome outcome = co_await finish(pass);
  co_return outcome;
}

Result<void> DropFolder::take_row(Pass& pass) {
  const CsvRow& row = *pass.row;
  if (row.broken.empty()) {
    Result<std::vector<Value>> values = pass.rows.read(row.fields);
    if (values) {
      Pending pending;
      pending.schema = schema_;
      pending.record.values = std::move(*values);
      pass.records.push_back(std::move(pending));
      ++pass.reached.rows_taken;
      return {};
    }
    ++pass.reached.rows_rejected;
    return pass.report.add(row.line, values.error().where, values.error().what, row.raw);
  }
  ++pass.reached.rows_rejected;
  return pass.report.add(row.line, "", row.broken, row.raw);
}

boost::asio::awaitable<bool> DropFolder::append(Pass& pass, bool complete) {
  Result<void> written = pass.report.write();
  if (!written) {
    complain(written.error());
    co_return false;
  }
  if (std::function<Result<void>()> sync = pass.report.take_sync()) {
    step("sync report");
    const bool durable = co_await on_disk(std::move(sync));
    if (!durable) co_return false;
  }
  pass.reached.offset = pass.offset;
  pass.reached.digest = pass.digest.hex();
  pass.reached.report_bytes = pass.report.bytes();
  pass.reached.complete = complete;

  FolderProgress progress = *progress_;
  progress[pass.name] = pass.reached;
  const Stamp stamp = stamp_now_();
  for (Pending& pending : pass.records) pending.record.stamp = stamp;
  std::string key(kNoteKey);
  std::string value = encode(progress);
  step("append");
  const Result<void> appended = co_await sink_(std::move(pass.records), std::move(key), std::move(value));
  pass.records.clear();
  if (!appended) {
    ++counters_.append_failures;
    complain(appended.error());
    // What the outbox says counts, not what we remember: ask it again.
    progress_.reset();
    co_return false;
  }
  const FileProgress& durable_before = (*progress_)[pass.name];
  counters_.rows_taken += pass.reached.rows_taken - durable_before.rows_taken;
  counters_.rows_rejected += pass.reached.rows_rejected - durable_before.rows_rejected;
  progress_ = std::move(progress);
  co_return true;
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::finish(Pass& pass) {
  // Touched while it was read: its last row may be half of one. It has to stand still again.
  if (!pass.source.unchanged()) co_return Outcome::next_file;
  if (!pass.header_seen) {
    std::string name = pass.name;
    std::string reason =
        "holds only empty lines; write a header and rows | chỉ có dòng trống; hãy ghi tiêu đề và dữ liệu";
    const Outcome outcome = co_await reject_file(std::move(name), std::move(reason));
    co_return outcome;
  }
  const bool taken_whole_before = pass.before.complete && pass.offset == pass.before.offset;
  if (!taken_whole_before) {
    const bool appended = co_await append(pass, /*complete=*/true);
    if (!appended) co_return Outcome::end_scan;
  }
  std::string name = pass.name;
  std::filesystem::path part = RejectedRows::part_of(rejected(), name);
  const Outcome outcome = co_await put_away(std::move(name), std::move(part));
  co_return outcome;
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::put_away(std::string name,
                                                                 std::filesystem::path part) {
  const FileProgress reached = (*progress_)[name];
  std::error_code error;
  const bool has_part = std::filesystem::exists(std::filesystem::symlink_status(part, error));
  // Without bad rows a part is what a crash left before the first note.
  if (has_part && reached.rows_rejected == 0) std::filesystem::remove(part, error);
  if (has_part && reached.rows_rejected > 0) {
    step("publish report");
    const std::filesystem::path report = unused_name(rejected(), name, ".rejected.csv");
    std::function<Result<void>()> publish = [part, report] { return rename_durably(part, report); };
    const bool published = co_await on_disk(std::move(publish));
    if (!published) co_return Outcome::next_file;
  }
  step("move file");
  const std::filesystem::path from = settings_.folder / name;
  const std::filesystem::path to = unused_name(done(), from.stem().string(), from.extension().string());
  std::function<Result<void>()> move = [from, to] { return rename_durably(from, to); };
  const bool moved = co_await on_disk(std::move(move));
  if (!moved) co_return Outcome::next_file;
  forget(name);
  ++counters_.files_done;
  spdlog::info("dossiers: {}: {} rows taken, {} rejected", shown(name), reached.rows_taken,
               reached.rows_rejected);
  co_return Outcome::next_file;
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::reject_file(std::string name, std::string reason) {
  const std::filesystem::path from = settings_.folder / name;
  const std::filesystem::path to = unused_name(rejected(), from.stem().string(), from.extension().string());
  const std::filesystem::path note = to.string() + ".reason.txt";
  const std::string text = shown(name) + ": " + reason + "\n";
  step("write reason");
  std::function<Result<void>()> explain = [note, text] { return write_durably(note, text); };
  const bool explained = co_await on_disk(std::move(explain));
  if (!explained) co_return Outcome::next_file;
  step("reject file");
  const std::filesystem::path part = RejectedRows::part_of(rejected(), name);
  std::function<Result<void>()> move = [from, to, part] {
    // The header no longer fits since a restart: all rows are in the file itself.
    std::error_code nothing_there;
    std::filesystem::remove(part, nothing_there);
    return rename_durably(from, to);
  };
  const bool moved = co_await on_disk(std::move(move));
  if (!moved) co_return Outcome::next_file;
  forget(name);
  ++counters_.files_rejected;
  spdlog::warn("dossiers: {} was rejected whole: {}", shown(name), reason);
  co_return Outcome::next_file;
}

boost::asio::awaitable<bool> DropFolder::on_disk(std::function<Result<void>()> change) {
  const Result<void> changed = co_await disk_.run(std::move(change));
  if (!changed) complain(changed.error());
  co_return changed.has_value();
}

void DropFolder::forget(const std::string& name) {
  progress_->erase(name);
  seen_.erase(name);
}

void DropFolder::step(std::string_view name) const {
  if (before_step) before_step(name);
}

void DropFolder::complain(const Error& error) {
  counters_.last_error = error.to_string();
  const SteadyTime now = clock_.steady();
  if (complaints_.size() > kMaxComplaints) complaints_.clear();
  const auto [complaint, is_new] = complaints_.try_emplace(counters_.last_error, now);
  if (!is_new && now - complaint->second < kComplaintInterval) return;
  complaint->second = now;
  spdlog::warn("dossiers: {}", shown(counters_.last_error));
}

}  // namespace xalink
