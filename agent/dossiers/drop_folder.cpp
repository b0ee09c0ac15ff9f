#include "agent/dossiers/drop_folder.hpp"

#include <spdlog/spdlog.h>

#include <set>
#include <system_error>
#include <utility>

#include "agent/dossiers/drop_folder_pass.hpp"
#include "agent/dossiers/old_files.hpp"
#include "agent/dossiers/rejected_rows.hpp"

namespace xalink {
namespace {

// Whoever still has a file open when it is taken goes on writing soon, or not at all.
constexpr Duration kWatchDone = std::chrono::minutes(30);
constexpr std::size_t kMostDone = 32;
constexpr Duration kClearInterval = std::chrono::hours(1);

}  // namespace

DropFolder::DropFolder(DropFolderSettings settings, Clock& clock, WorkerThread& disk, EventStore store)
    : settings_(std::move(settings)),
      clock_(clock),
      disk_(disk),
      store_(std::move(store)),
      schema_(settings_.table.kind->schema()),
      settled_(settings_.settle),
      complaints_(settings_.table.kind->name) {}

DropFolder::~DropFolder() = default;

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
  co_await bring_back();
  const Result<std::vector<FolderEntry>> entries = co_await look();
  if (!entries) {
    complain(entries.error());
    co_return;
  }
  const std::vector<std::string> files = settled_.look(*entries, clock_.steady());
  // Moved before a crash, or taken away by hand: when such a name comes again, it is another file.
  std::set<std::string> names;
  for (const FolderEntry& entry : *entries) names.insert(entry.name);
  std::erase_if(*progress_, [&](const auto& file) { return names.find(file.first) == names.end(); });
  for (const std::string& file : files) {
    std::string name = file;
    const Outcome outcome = co_await take(std::move(name));
    if (outcome == Outcome::end_scan) co_return;
  }
  co_await clear_done();
}

boost::asio::awaitable<bool> DropFolder::load_progress() {
  if (progress_) co_return true;
  std::string key(settings_.table.kind->note_key);
  const Result<std::optional<std::string>> note = co_await store_.note(std::move(key));
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

boost::asio::awaitable<Result<std::vector<FolderEntry>>> DropFolder::look() {
  auto job = [folder = settings_.folder, subfolders = std::vector<std::filesystem::path>{done(), rejected()},
              table = std::string(settings_.table.kind->settings)]() -> Result<std::vector<FolderEntry>> {
    std::error_code error;
    if (!std::filesystem::is_directory(folder, error)) {
      return failure(folder.string(), "the drop folder is not there",
                     "create it, or correct [" + table + "] drop_folder");
    }
    for (const std::filesystem::path& subfolder : subfolders) {
      std::filesystem::create_directory(subfolder, error);
      if (error) {
        return failure(subfolder.string(), "cannot be created: " + error.message(),
                       "let the agent's user write in the drop folder");
      }
    }
    return list_folder(folder);
  };
  auto entries = co_await disk_.run(std::move(job));
  co_return entries;
}

/// Files that were written to after they were moved to done/: the rest of them is still to be taken.
boost::asio::awaitable<void> DropFolder::bring_back() {
  while (!done_.empty() && clock_.steady() - done_.front().since > kWatchDone) done_.pop_front();
  for (auto moved = done_.begin(); moved != done_.end();) {
    bool regular = false;
    const Result<FileIdentity> now = identify(moved->file, regular);
    if (now && *now == moved->identity) {
      ++moved;
      continue;
    }
    if (now) {
      const std::filesystem::path name(moved->name);
      const std::filesystem::path back =
          unused_name(settings_.folder, name.stem().string(), name.extension().string());
      spdlog::warn(
          "{}: {} was written to after it was taken; it is taken again when it stands still. "
          "Write files under another name and rename them",
          settings_.table.kind->name, one_line(moved->name));
      const std::filesystem::path from = moved->file;
      std::function<Result<void>()> move = [from, back] { return rename_durably(from, back); };
      (void)co_await on_disk(std::move(move));
    }
    moved = done_.erase(moved);
  }
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::take(std::string name) {
  const std::filesystem::path path = settings_.folder / name;
  while (true) {
    const auto known = progress_->find(name);
    const FileProgress before = known == progress_->end() ? FileProgress() : known->second;
    std::unique_ptr<Pass> pass = std::move(suspended_);
    // Goes on where the outbox refused, without reading the file from its begin each time.
    const bool goes_on =
        pass && pass->name == name && pass->durable == before && settled_.is(name, pass->source->identity());
    if (!goes_on) {
      Result<SourceFile> source = SourceFile::open(path);
      if (!source) {
        complain(source.error());
        co_return Outcome::next_file;
      }
      // Written to between the look at the folder and now: it has to stand still again.
      if (!settled_.is(name, source->identity())) co_return Outcome::next_file;
      pass = std::make_unique<Pass>(name, std::move(*source), settings_.table, before, rejected());
    }
    const Outcome outcome = co_await read_rows(*pass);
    if (outcome == Outcome::end_scan && !pass->report_failed) suspended_ = std::move(pass);
    if (outcome != Outcome::another_pass) co_return outcome;
    // Another content under a name that was begun: what was taken of the old one stays taken.
    progress_->erase(name);
  }
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::put_away(std::string name, std::filesystem::path part,
                                                                 std::uint64_t unchanged) {
  const FileProgress reached = (*progress_)[name];
  std::error_code error;
  const bool has_part = std::filesystem::exists(std::filesystem::symlink_status(part, error));
  // Without bad rows a part is what a crash left before the first note.
  if (has_part && reached.rows_rejected == 0) std::filesystem::remove(part, error);
  std::string reported;
  if (has_part && reached.rows_rejected > 0) {
    step("publish report");
    const std::filesystem::path report = unused_name(rejected(), name, ".rejected.csv");
    reported = report.filename().string();
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
  bool regular = false;
  const Result<FileIdentity> identity = identify(to, regular);
  // A file that was just written to is no longer what was read; else it could go unseen.
  if (identity) done_.push_back({to, name, *identity, clock_.steady()});
  if (identity && !settled_.is(name, *identity)) done_.back().identity = FileIdentity();
  if (done_.size() > kMostDone) done_.pop_front();
  forget(name);
  ++counters_.files_done;
  spdlog::info("{}: {}: {} rows taken, {} of them unchanged, {} rejected", settings_.table.kind->name,
               one_line(name), reached.rows_taken, unchanged, reached.rows_rejected);
  if (!reported.empty()) {
    spdlog::warn("{}: {}: rejected/{} explains each row that could not be read", settings_.table.kind->name,
                 one_line(name), one_line(reported));
  }
  co_return Outcome::next_file;
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::reject_file(std::string name, std::string reason) {
  const std::filesystem::path from = settings_.folder / name;
  const std::filesystem::path to = unused_name(rejected(), from.stem().string(), from.extension().string());
  const std::filesystem::path note = to.string() + ".reason.txt";
  const std::string text = one_line(name) + ": " + reason + "\n";
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
  spdlog::warn("{}: {} was rejected whole: {}", settings_.table.kind->name, one_line(name), reason);
  co_return Outcome::next_file;
}

boost::asio::awaitable<void> DropFolder::clear_done() {
  if (settings_.keep_done.count() == 0) co_return;
  if (cleared_ && clock_.steady() - *cleared_ < kClearInterval) co_return;
  const Stamp now = store_.stamp_now();
  // A clock that was never set may be years ahead of the files.
  if (now.quality == ClockQuality::unset) co_return;
  cleared_ = clock_.steady();
  auto job = [folder = done(), keep = settings_.keep_done, wall = now.wall] {
    return remove_old_files(folder, keep, wall);
  };
  const Result<std::size_t> removed = co_await disk_.run(std::move(job));
  if (!removed) complain(removed.error());
  if (removed && *removed > 0) {
    spdlog::info("{}: removed {} files that were in done/ for more than keep_done_days = {}",
                 settings_.table.kind->name, *removed, settings_.keep_done.count());
  }
}

boost::asio::awaitable<bool> DropFolder::on_disk(std::function<Result<void>()> change) {
  const Result<void> changed = co_await disk_.run(std::move(change));
  if (!changed) complain(changed.error());
  co_return changed.has_value();
}

void DropFolder::forget(const std::string& name) {
  progress_->erase(name);
  settled_.forget(name);
}

void DropFolder::step(std::string_view name) const {
  if (before_step) before_step(name);
}

void DropFolder::complain(const Error& error) {
  counters_.last_error = error.to_string();
  complaints_.log(counters_.last_error, clock_.steady());
}

}  // namespace xalink
