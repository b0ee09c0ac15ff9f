#include "agent/dossiers/drop_folder_pass.hpp"

#include <utility>

namespace xalink {
namespace {

/// A subject of its own among those of the rows.
std::string subject_of_file(std::string_view kind, const std::string& digest) {
  PrefixDigest about;
  about.add("file of ");
  about.add(kind);
  about.add(digest);
  std::string subject;
  const std::string hex = about.hex();
  for (std::size_t i = 0; i < Telling::kSubjectBytes; ++i) {
    subject += static_cast<char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return subject;
}

}  // namespace

boost::asio::awaitable<bool> DropFolder::read_piece(Pass& pass) {
  auto job = [source = pass.source]() -> Result<std::string_view> { return source->read(); };
  const Result<std::string_view> piece = co_await disk_.run(std::move(job));
  if (!piece) {
    complain(piece.error());
    co_return false;
  }
  piece->empty() ? pass.table.finish() : pass.table.feed(*piece);
  co_return true;
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::read_rows(Pass& pass) {
  while (true) {
    // Also where a refused append left off.
    if (pass.tellings.size() >= settings_.rows_per_append || pass.text_bytes >= kMostTextPerAppend) {
      const bool appended = co_await append(pass, /*complete=*/false);
      if (!appended) co_return Outcome::end_scan;
    }
    pass.row = pass.table.next();
    if (pass.row == nullptr) {
      if (pass.table.at_end()) break;
      const bool read = co_await read_piece(pass);
      if (!read) co_return Outcome::next_file;
      continue;
    }
    const bool taken_before = pass.offset < pass.before.offset;
    pass.offset += pass.row->raw.size();
    pass.digest.add(pass.row->raw);
    if (taken_before && pass.offset >= pass.before.offset) {
      const bool same = pass.offset == pass.before.offset && pass.digest.hex() == pass.before.digest;
      if (!same) co_return Outcome::another_pass;
    }
    if (pass.row->what == TableRow::What::no_header) {
      std::string name = pass.name;
      const std::string line = std::to_string(pass.row->line);
      std::string reason = "line " + line + " (dòng " + line + "): " + pass.row->reason;
      const Outcome outcome = co_await reject_file(std::move(name), std::move(reason));
      co_return outcome;
    }
    if (pass.row->what != TableRow::What::row || taken_before) continue;
    const bool kept = co_await take_row(pass);
    if (!kept) co_return Outcome::next_file;
  }
  if (pass.offset < pass.before.offset) co_return Outcome::another_pass;
  const Outcome outcome = co_await finish(pass);
  co_return outcome;
}

boost::asio::awaitable<bool> DropFolder::take_row(Pass& pass) {
  tl::expected<MappedRow, BadRow> mapped = pass.table.read();
  if (!mapped) {
    ++pass.reached.rows_rejected;
    const BadRow& bad = mapped.error();
    const Result<void> reported = pass.report.add(pass.row->line, bad.field, bad.reason, bad.shown);
    if (!reported) complain(reported.error());
    co_return reported.has_value();
  }
  if (!mapped->dated && pass.whole.empty()) {
    const bool recognised = co_await recognise(pass);
    if (!recognised) co_return false;
  }
  Telling telling;
  telling.pending.schema = schema_;
  pass.text_bytes += text_bytes(mapped->values);
  telling.pending.record.values = std::move(mapped->values);
  telling.subject = std::move(mapped->subject);
  telling.content = mapped->content;
  telling.repeats =
      mapped->dated || pass.whole_known ? Telling::Repeats::are_old : Telling::Repeats::may_be_new;
  pass.tellings.push_back(std::move(telling));
  ++pass.reached.rows_taken;
  co_return true;
}

/// A row without a time of its own looks the same when it comes from an old export and when things went back
/// to where they were. The file as a whole tells one from the other.
boost::asio::awaitable<bool> DropFolder::recognise(Pass& pass) {
  std::filesystem::path file = settings_.folder / pass.name;
  auto job = [file = std::move(file)] { return digest_of_file(file); };
  const Result<std::string> digest = co_await disk_.run(std::move(job));
  if (!digest) {
    complain(digest.error());
    co_return false;
  }
  std::string subject = subject_of_file(settings_.table.kind->name, *digest);
  pass.whole = subject;
  const Result<bool> known = co_await store_.remembers(std::move(subject));
  if (!known) {
    complain(known.error());
    co_return false;
  }
  pass.whole_known = *known;
  co_return true;
}

boost::asio::awaitable<bool> DropFolder::append(Pass& pass, bool complete) {
  Result<void> written = pass.report.write();
  if (!written) {
    pass.report_failed = true;
    complain(written.error());
    co_return false;
  }
  if (std::function<Result<void>()> sync = pass.report.take_sync()) {
    step("sync report");
    const bool durable = co_await on_disk(std::move(sync));
    pass.report_failed = !durable;
    if (!durable) co_return false;
  }
  pass.reached.offset = pass.offset;
  pass.reached.digest = pass.digest.hex();
  pass.reached.report_bytes = pass.report.bytes();
  pass.reached.complete = complete;

  FolderProgress progress = *progress_;
  progress[pass.name] = pass.reached;
  const Stamp stamp = store_.stamp_now();
  for (Telling& telling : pass.tellings) telling.pending.record.stamp = stamp;
  std::string key(settings_.table.kind->note_key);
  std::string value = encode(progress);
  std::string remembered = complete ? pass.whole : std::string();
  // A nightly export in which little changed must not wear the card with notes.
  const auto when = complete ? Outbox::NoteWhen::always : Outbox::NoteWhen::with_news;
  std::vector<Telling> tellings = pass.tellings;  // kept for another try
  step("append");
  const Result<Told> told = co_await store_.tell(std::move(tellings), std::move(key), std::move(value), when,
                                                 std::move(remembered));
  if (!told) {
    ++counters_.append_failures;
    complain(told.error());
    // What the outbox says counts, not what we remember: ask it again.
    progress_.reset();
    co_return false;
  }
  pass.tellings.clear();
  pass.text_bytes = 0;
  for (const bool news : told->news) pass.unchanged += news ? 0U : 1U;
  counters_.forgotten = told->displaced;
  if (!told->noted) co_return true;
  counters_.rows_taken += pass.reached.rows_taken - pass.durable.rows_taken;
  counters_.rows_rejected += pass.reached.rows_rejected - pass.durable.rows_rejected;
  counters_.rows_unchanged += pass.unchanged - std::exchange(pass.unchanged_noted, pass.unchanged);
  pass.durable = pass.reached;
  progress_ = std::move(progress);
  co_return true;
}

boost::asio::awaitable<DropFolder::Outcome> DropFolder::finish(Pass& pass) {
  // Touched while it was read: its last row may be half of one. It has to stand still again.
  if (!pass.source->unchanged()) co_return Outcome::next_file;
  if (!pass.table.saw_content()) {
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
  const Outcome outcome = co_await put_away(std::move(name), std::move(part), pass.unchanged);
  co_return outcome;
}

}  // namespace xalink
