#include "agent/dossiers/http_source.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <set>
#include <utility>

#include "agent/dossiers/durable_files.hpp"
#include "agent/dossiers/rejected_rows.hpp"
#include "agent/dossiers/secret_file.hpp"
#include "agent/dossiers/source_file.hpp"

namespace xalink {
namespace {

constexpr std::string_view kNoteKey = "dossiers/http";
constexpr std::string_view kForm = "dossier server 1";
constexpr std::size_t kMostPages = 1000;  // of one question: a server that links in a circle
constexpr Duration kLongestWait = std::chrono::hours(1);
constexpr Duration kLongestRetryAfter = std::chrono::hours(24);
constexpr std::size_t kMostToken = 16 * 1024;
// Asked for once more each time, as the same row makes no event: servers mean "since" as "later than" as
// well, and a row is written some moments after the time that stands in it.
constexpr std::chrono::milliseconds kOverlap = std::chrono::minutes(1);

std::string url_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
    }
  }
  return out;
}

std::string since(std::uint64_t ms, SinceForm form) {
  if (form == SinceForm::unix_ms) return std::to_string(ms);
  const std::chrono::sys_seconds local(std::chrono::seconds(ms / 1000) + std::chrono::hours(7));  // Vietnam
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(local - day);
  char text[64];
  const char* format =
      form == SinceForm::iso ? "%04d-%02u-%02uT%02d:%02d:%02d+07:00" : "%04d%02u%02u%02d%02d%02d";
  std::snprintf(text, sizeof text, format, static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return text;
}

/// The address in `Link: <address>; rel="next"` (RFC 8288).
std::string next_of_link(std::string_view link) {
  while (true) {
    const std::size_t open = link.find('<');
    const std::size_t close = link.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return {};
    const std::string_view address = link.substr(open + 1, close - open - 1);
    link.remove_prefix(close + 1);
    const std::string_view parameters = link.substr(0, link.find('<'));
    if (parameters.find("rel=\"next\"") != std::string_view::npos ||
        parameters.find("rel=next") != std::string_view::npos) {
      return std::string(address);
    }
  }
}

/// The time of HTTP headers (RFC 9110, 5.6.7, the form that is not obsolete).
std::optional<std::chrono::sys_seconds> http_time(const std::string& text) {
  std::tm parts = {};
  const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

/// Seconds, or a time by the server's own clock: ours may be wrong.
std::optional<std::chrono::seconds> retry_after(const HttpAnswer& answer) {
  std::uint64_t seconds = 0;
  const char* const end = answer.retry_after.data() + answer.retry_after.size();
  const auto parsed = std::from_chars(answer.retry_after.data(), end, seconds);
  if (parsed.ec == std::errc{} && parsed.ptr == end) {
    return std::chrono::seconds(std::min<std::uint64_t>(seconds, 100'000));
  }
  const auto then = http_time(answer.retry_after);
  const auto now = http_time(answer.date);
  if (!then || !now) return std::nullopt;
  return *then - *now;
}

Error status_error(const std::string& where, unsigned status) {
  const std::string what = "the server answers with status " + std::to_string(status);
  if (status == 401 || status == 403) {
    return Error{where, what + ": it does not accept the token", "put a valid token into token_file"};
  }
  if (status == 404 || status == 410) return Error{where, what, "correct url in [dossiers.http]"};
  if (status == 429) return Error{where, what + ": it is asked too often", "raise interval_seconds"};
  if (status >= 300 && status < 400) {
    return Error{where, what + ": the address has moved", "put the new one into url in [dossiers.http]"};
  }
  if (status >= 500) return Error{where, what, "it is tried again later; tell the province if this stays"};
  return Error{where, what, "check url and since_parameter in [dossiers.http]"};
}

std::string subject_of(const std::vector<NumberedBadRow>& bad) {
  PrefixDigest digest;
  digest.add("bad rows of a server");
  for (const NumberedBadRow& one : bad) {
    digest.add(one.row.field);
    digest.add(one.row.reason);
    digest.add(one.row.shown);
  }
  const std::string hex = digest.hex();
  std::string subject;
  for (std::size_t i = 0; i < Telling::kSubjectBytes; ++i) {
    subject += static_cast<char>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return subject;
}

}  // namespace

std::string encode(const HttpProgress& progress) {
  return std::string(kForm) + "\n" + progress.url + "\n" + progress.cursor + "\n" + progress.etag + "\n";
}

std::optional<HttpProgress> decode_http_progress(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() != 4 || !text.empty() || lines[0] != kForm) return std::nullopt;
  return HttpProgress{lines[1], lines[2], lines[3]};
}

HttpSource::HttpSource(HttpSourceSettings settings, Clock& clock, WorkerThread& disk, EventStore store,
                       std::uint64_t seed)
    : settings_(std::move(settings)),
      clock_(clock),
      disk_(disk),
      store_(std::move(store)),
      schema_(settings_.table.kind->schema()),
      random_(seed),
      complaints_("dossiers from the server") {}

boost::asio::awaitable<void> HttpSource::run() {
  if (settings_.url.empty()) co_return;
  while (true) {
    const Duration wait = co_await poll();
    co_await clock_.sleep_for(wait);
  }
}

boost::asio::awaitable<Duration> HttpSource::poll() {
  retry_after_.reset();
  const Result<void> asked = co_await ask_all();
  if (asked) {
    errors_ = 0;
    counters_.last_error.clear();
    ++counters_.files_done;
    co_return settings_.interval;
  }
  // Commas of the answer's own words must not break the log's line, and its token is not in them.
  counters_.last_error = one_line(asked.error().to_string());
  complaints_.log(counters_.last_error, clock_.steady());
  co_return wait_after_error();
}

Duration HttpSource::wait_after_error() {
  ++errors_;
  const std::uint64_t doublings = std::min<std::uint64_t>(errors_ - 1, 12);
  const Duration interval = settings_.interval;
  const Duration longest =
      std::min(interval * (std::int64_t{1} << doublings), std::max(kLongestWait, interval));
  std::uniform_real_distribution<double> half_to_one(0.5, 1.0);
  const Duration wait(
      static_cast<Duration::rep>(static_cast<double>(longest.count()) * half_to_one(random_)));
  return retry_after_ ? std::max(wait, *retry_after_) : wait;
}

Result<ServiceUrl> HttpSource::question() const {
  std::string text = settings_.url;
  if (!settings_.since_parameter.empty() && !progress_->cursor.empty()) {
    text += text.find('?') == std::string::npos ? '?' : '&';
    text += settings_.since_parameter + "=" + url_encoded(progress_->cursor);
  }
  return parse_service_url(text);
}

boost::asio::awaitable<Result<void>> HttpSource::ask_all() {
  const Result<void> loaded = co_await load_progress();
  if (!loaded) co_return Unexpected(loaded.error());
  Result<std::string> token = co_await read_token();
  if (!token) co_return Unexpected(std::move(token.error()));
  Result<ServiceUrl> url = question();
  if (!url) co_return Unexpected(std::move(url.error()));
  HttpProgress reached = *progress_;
  std::set<std::string> asked;
  for (std::size_t number = 0; number < kMostPages; ++number) {
    if (!asked.insert(url->path).second) {
      co_return failure(authority(*url), "the server's pages lead back to an earlier one",
                        "tell whoever runs it");
    }
    std::string etag = number == 0 ? progress_->etag : std::string();
    std::string secret = *token;
    ServiceUrl address = *url;
    Result<Page> page = co_await ask_page(std::move(address), std::move(secret), std::move(etag));
    if (!page) co_return Unexpected(std::move(page.error()));
    if (page->answer.status == 304 || page->answer.status == 204) co_return Result<void>();
    if (page->rows.cut) {
      auto taking = take_before_cut(std::move(*page));
      const Result<void> told = co_await std::move(taking);
      if (!told) co_return Unexpected(told.error());
      co_return failure(
          authority(*url),
          "the answer ends within a line and its length was not told: the rows before that line are taken, "
          "and all of it is asked for again",
          "if this stays, tell whoever runs the server to send Content-Length");
    }
    // One line each in the note.
    const std::string cursor = one_line(cursor_after(*page));
    if (!cursor.empty() && cursor != reached.cursor) {
      reached.cursor = cursor;
      reached.etag.clear();  // of another question
    } else if (number == 0) {
      // "Not modified" must never confirm an answer that may have been cut off at the end of a line.
      reached.etag = page->answer.end_is_sure ? one_line(page->answer.etag) : std::string();
    }
    const bool last = page->next.empty();
    if (!page->rows.bad.empty()) {
      std::vector<NumberedBadRow> bad = std::move(page->rows.bad);
      const Result<void> reported = co_await report(std::move(bad));
      if (!reported) co_return Unexpected(reported.error());
    }
    std::vector<MappedRow> rows = std::move(page->rows.rows);
    std::string note = encode(last ? reached : *progress_);
    const Result<void> told = co_await tell(std::move(rows), std::move(note), last);
    if (!told) co_return Unexpected(told.error());
    if (last) {
      progress_ = reached;
      co_return Result<void>();
    }
    url->path = page->next;
  }
  co_return failure(authority(*url), "the server has too many pages", "ask it for larger ones");
}

boost::asio::awaitable<Result<void>> HttpSource::take_before_cut(Page page) {
  if (!page.rows.bad.empty()) {
    std::vector<NumberedBadRow> bad = std::move(page.rows.bad);
    const Result<void> reported = co_await report(std::move(bad));
    if (!reported) co_return Unexpected(reported.error());
  }
  std::vector<MappedRow> rows = std::move(page.rows.rows);
  std::string note = encode(*progress_);
  const Result<void> told = co_await tell(std::move(rows), std::move(note), /*last=*/false);
  co_return told;
}

boost::asio::awaitable<Result<HttpSource::Page>> HttpSource::ask_page(ServiceUrl url, std::string token,
                                                                      std::string etag) {
  HttpQuestion asked;
  asked.url = url;
  asked.token = std::move(token);
  asked.etag = std::move(etag);
  asked.accept = "application/json, application/x-ndjson, text/csv";
  asked.ca_file = settings_.ca_file;
  asked.proxy = settings_.proxy;
  constexpr std::string_view kHeader = "header:";
  if (settings_.cursor.starts_with(kHeader)) asked.header = settings_.cursor.substr(kHeader.size());
  asked.max_answer_bytes = settings_.max_answer_bytes;
  ResolverSettings resolver;
  auto asking = http_get(clock_, std::move(resolver), std::move(asked), settings_.timeout);
  Result<HttpAnswer> answer = co_await std::move(asking);
  if (!answer) co_return Unexpected(std::move(answer.error()));
  const std::string where = authority(url);
  Page page;
  if (answer->status == 304 || answer->status == 204) {
    page.answer = std::move(*answer);
    co_return page;
  }
  if (answer->status != 200) {
    if (const auto seconds = retry_after(*answer)) {
      const auto most = std::chrono::duration_cast<std::chrono::seconds>(kLongestRetryAfter);
      retry_after_ = std::min(*seconds, most);
    }
    co_return Unexpected(status_error(where, answer->status));
  }
  if (!answer->content_encoding.empty() && answer->content_encoding != "identity") {
    co_return failure(where,
                      "the answer is packed (Content-Encoding: " + one_line(answer->content_encoding) +
                          ") although it was asked for as it is",
                      "tell whoever runs the server to heed Accept-Encoding: identity");
  }
  auto body = std::make_shared<std::string>(std::move(answer->body));
  auto job = [settings = settings_, type = answer->content_type, sure = answer->end_is_sure, body] {
    return read_http_rows(settings, type, *body, sure);
  };
  Result<HttpRows> rows = co_await disk_.run(std::move(job));
  if (!rows) {
    co_return failure(where, rows.error().what,
                      rows.error().next.empty() ? "tell whoever runs the server" : rows.error().next);
  }
  page.answer = std::move(*answer);
  page.rows = std::move(*rows);
  const std::string link = page.rows.next.empty() ? next_of_link(page.answer.link) : page.rows.next;
  Result<std::string> next = next_page(url, link);
  if (!next) co_return Unexpected(std::move(next.error()));
  page.next = std::move(*next);
  co_return page;
}

Result<std::string> HttpSource::next_page(const ServiceUrl& asked, const std::string& link) const {
  if (link.empty()) return std::string();
  if (link.front() == '?') return asked.path.substr(0, asked.path.find('?')) + link;
  if (link.front() == '/' && !link.starts_with("//")) return link;
  const Result<ServiceUrl> whole = parse_service_url(link);
  // The token belongs to one server.
  const bool same =
      whole && whole->scheme == asked.scheme && whole->host == asked.host && whole->port == asked.port;
  if (same) return whole->path;
  return failure(authority(asked), "the next page is on another server, or its address cannot be read",
                 "tell whoever runs the server");
}

std::string HttpSource::cursor_after(const Page& page) const {
  if (settings_.since_parameter.empty()) return {};
  if (settings_.cursor.starts_with("header:")) return page.answer.header;
  if (settings_.cursor.starts_with("json:")) return page.rows.cursor;
  if (!page.rows.latest) return {};
  std::uint64_t reached = *page.rows.latest;
  // One slip of the pen (the year 2099) must not end all asking for what comes before it.
  const Stamp now = store_.stamp_now();
  if (now.quality != ClockQuality::unset) {
    reached = std::min(reached, static_cast<std::uint64_t>(now.wall.time_since_epoch().count()));
  }
  reached -= std::min(reached, static_cast<std::uint64_t>(kOverlap.count()));
  const std::string latest = since(reached, settings_.since_form);
  // A page may hold older rows than the one before it.
  const bool later = latest.size() != progress_->cursor.size() || latest > progress_->cursor;
  return later ? latest : std::string();
}

boost::asio::awaitable<Result<void>> HttpSource::report(std::vector<NumberedBadRow> bad) {
  std::string subject = subject_of(bad);
  if (subject == known_report_) co_return Result<void>();
  std::string asked = subject;
  const Result<bool> known = co_await store_.remembers(std::move(asked));
  if (!known) co_return Unexpected(known.error());
  known_report_ = subject;
  if (*known) co_return Result<void>();
  const std::size_t count = bad.size();
  counters_.rows_rejected += count;
  auto job = [folder = settings_.rejected_folder, bad = std::move(bad),
              name = since(static_cast<std::uint64_t>(clock_.wall().time_since_epoch().count()),
                           SinceForm::compact)]() -> Result<void> {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) {
      return failure(folder.string(), "cannot be created: " + error.message(),
                     "let the agent's user write there, or correct rejected_folder");
    }
    RejectedRows rows(folder, "server-" + name, 0);
    for (const NumberedBadRow& one : bad) {
      Result<void> added = rows.add(one.number, one.row.field, one.row.reason, one.row.shown);
      if (!added) return added;
    }
    Result<void> written = rows.write();
    if (!written) return written;
    if (const std::function<Result<void>()> sync = rows.take_sync()) {
      Result<void> synced = sync();
      if (!synced) return synced;
    }
    return rename_durably(RejectedRows::part_of(folder, "server-" + name),
                          unused_name(folder, "server-" + name, ".rejected.csv"));
  };
  const Result<void> written = co_await disk_.run(std::move(job));
  if (!written) {
    known_report_.clear();
    co_return Unexpected(written.error());
  }
  std::string key("dossiers/http_report");
  std::vector<Telling> none;
  const Result<Told> told = co_await store_.tell(std::move(none), std::move(key), std::string(),
                                                 Outbox::NoteWhen::always, std::move(subject));
  if (!told) co_return Unexpected(told.error());
  spdlog::warn("dossiers from the server: {} rows could not be read; a report in {} explains each", count,
               settings_.rejected_folder.string());
  co_return Result<void>();
}

boost::asio::awaitable<Result<void>> HttpSource::tell(std::vector<MappedRow> rows, std::string note,
                                                      bool last) {
  const Stamp stamp = store_.stamp_now();
  const bool moved = last && note != encode(*progress_);
  std::size_t at = 0;
  do {
    std::vector<Telling> tellings;
    std::size_t text = 0;
    for (; at < rows.size() && tellings.size() < settings_.rows_per_append && text < kMostTextPerAppend;
         ++at) {
      text += text_bytes(rows[at].values);
      Telling telling;
      telling.pending.schema = schema_;
      telling.pending.record.stamp = stamp;
      telling.pending.record.values = std::move(rows[at].values);
      telling.subject = std::move(rows[at].subject);
      telling.content = rows[at].content;
      telling.repeats = rows[at].dated ? Telling::Repeats::are_old : Telling::Repeats::may_be_new;
      tellings.push_back(std::move(telling));
    }
    const bool all = at == rows.size();
    std::string key(kNoteKey);
    // The cursor moves with the last rows: a power cut before them repeats, and loses nothing.
    std::string value = all ? note : encode(*progress_);
    const auto when = all && moved ? Outbox::NoteWhen::always : Outbox::NoteWhen::with_news;
    const std::uint64_t count = tellings.size();
    Result<Told> told =
        co_await store_.tell(std::move(tellings), std::move(key), std::move(value), when, std::string());
    if (!told) {
      ++counters_.append_failures;
      progress_.reset();  // what the outbox says counts: ask it again
      co_return Unexpected(std::move(told.error()));
    }
    counters_.rows_taken += count;
    for (const bool news : told->news) counters_.rows_unchanged += news ? 0U : 1U;
    counters_.forgotten = told->displaced;
  } while (at < rows.size());
  co_return Result<void>();
}

boost::asio::awaitable<Result<std::string>> HttpSource::read_token() {
  if (settings_.token_file.empty()) co_return std::string();
  auto job = [file = settings_.token_file] {
    return read_secret(file, "the token", 1, kMostToken, "put the token of the server into this file");
  };
  Result<std::string> token = co_await disk_.run(std::move(job));
  if (token && std::any_of(token->begin(), token->end(), [](char c) { return c <= ' ' || c == 0x7F; })) {
    co_return failure(settings_.token_file.string(), "the token holds blanks or line breaks",
                      "put the token alone into this file");
  }
  co_return token;
}

boost::asio::awaitable<Result<void>> HttpSource::load_progress() {
  if (progress_) co_return Result<void>();
  std::string key(kNoteKey);
  const Result<std::optional<std::string>> note = co_await store_.note(std::move(key));
  if (!note) co_return Unexpected(note.error());
  std::optional<HttpProgress> known;
  if (*note) known = decode_http_progress(**note);
  // Another address is another server, whose cursors mean something else.
  if (!known || known->url != settings_.url) known = HttpProgress{settings_.url, {}, {}};
  progress_ = std::move(known);
  co_return Result<void>();
}

}  // namespace xalink
