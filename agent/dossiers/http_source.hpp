#pragma once
// Dossiers from a server of the province: asked now and then for what changed since the last time.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "agent/dossiers/event_store.hpp"
#include "agent/dossiers/http_get.hpp"
#include "agent/dossiers/http_rows.hpp"
#include "agent/dossiers/http_source_settings.hpp"
#include "agent/dossiers/source_counters.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// How far the server was read: the note that goes into the outbox with the last rows of an answer.
struct HttpProgress {
  std::string url;     ///< as configured: another server begins anew
  std::string cursor;  ///< empty: from the begin
  std::string etag;    ///< of the answer to this cursor
  friend bool operator==(const HttpProgress&, const HttpProgress&) = default;
};

[[nodiscard]] std::string encode(const HttpProgress& progress);
/// Nothing when encode() has not written it.
[[nodiscard]] std::optional<HttpProgress> decode_http_progress(std::string_view text);

/// A row that the server tells again makes no event (DropFolder says what is news), so a power cut between
/// two answers costs a repetition on the wire and nothing else. Bad rows go with their reasons to a report in
/// the rejected folder, each set of them once.
///
/// After an error it waits: the interval doubled with each one more, up to an hour, half of it by chance; or
/// as long as the server says (Retry-After). The token is read for each question, so that a new one counts
/// at once, and it is never logged. Thread-safety: all on one loop; what takes long runs on `disk`.
class HttpSource {
 public:
  /// `clock` and `disk` must outlive it.
  HttpSource(HttpSourceSettings settings, Clock& clock, WorkerThread& disk, EventStore store,
             std::uint64_t seed);

  /// Polls until cancelled (operation_aborted). Returns at once when no URL is set.
  boost::asio::awaitable<void> run();
  /// One question with all its pages. The time to wait until the next one.
  boost::asio::awaitable<Duration> poll();

  [[nodiscard]] const SourceCounters& counters() const { return counters_; }

 private:
  struct Page {
    HttpAnswer answer;
    HttpRows rows;
    std::string next;  ///< path and query of the next page; empty: this is the last
  };

  boost::asio::awaitable<Result<void>> ask_all();
  boost::asio::awaitable<Result<Page>> ask_page(ServiceUrl url, std::string token, std::string etag);
  /// What a page that was cut off holds for sure; neither cursor nor ETag moves.
  boost::asio::awaitable<Result<void>> take_before_cut(Page page);
  boost::asio::awaitable<Result<void>> report(std::vector<NumberedBadRow> bad);
  boost::asio::awaitable<Result<void>> tell(std::vector<MappedRow> rows, std::string note, bool last);
  boost::asio::awaitable<Result<std::string>> read_token();
  boost::asio::awaitable<Result<void>> load_progress();
  [[nodiscard]] Result<ServiceUrl> question() const;
  [[nodiscard]] Result<std::string> next_page(const ServiceUrl& asked, const std::string& link) const;
  [[nodiscard]] std::string cursor_after(const Page& page) const;
  [[nodiscard]] Duration wait_after_error();

  HttpSourceSettings settings_;
  Clock& clock_;
  WorkerThread& disk_;
  EventStore store_;
  Schema schema_;
  std::optional<HttpProgress> progress_;  ///< what the outbox says; empty until it was read
  std::string known_report_;              ///< subject of the last set of bad rows
  std::uint64_t errors_ = 0;              ///< in a row
  std::optional<Duration> retry_after_;   ///< as the server wants it
  std::mt19937_64 random_;
  SourceCounters counters_;
  Complaints complaints_;
};

}  // namespace xalink
