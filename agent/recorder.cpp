#include "agent/recorder.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace xalink {
namespace {

// A day of an ordinary office in memory, about 6 MiB, for a disk that refuses to write.
constexpr std::size_t kMostWaiting = 20'000;
constexpr Duration kRetryAfter = std::chrono::seconds(5);
// In one transaction: what gathered while the disk refused must not be more than a small outbox takes at
// once.
constexpr std::size_t kMostInAppend = 500;
// What an event may take along, and wait for.
constexpr std::size_t kMostInCompany = 200;

}  // namespace

Recorder::Recorder(boost::asio::any_io_executor executor, Clock& clock, HoldingOutbox& outbox,
                   WorkerThread& store, Timing timing)
    : clock_(clock), outbox_(outbox), store_(store), timing_(timing), changed_(executor) {
  // Nothing runs on the store thread yet.
  if (auto space = outbox.space()) space_ = std::move(*space);
}

void Recorder::record(const Schema& schema, Record record) {
  if (listener_.took) listener_.took(schema, record);
  drop_oldest(kMostWaiting - 1);
  waiting_.push_back(Pending{schema, std::move(record)});
  taken_at_ = clock_.steady();
  if (!flush_at_) {
    flush_at_ = clock_.steady() + timing_.flush_interval;
    if (timing_.hold > Duration{}) hand_over_at_ = *flush_at_ - answer_time(timing_.flush_interval);
    changed_.ring();
    if (listener_.writes_at) listener_.writes_at(*flush_at_);
  }
}

void Recorder::disk_refused(const Error& error) {
  // One line for each new reason; repeats would fill the very disk that is full.
  if (disk_advice_ != error.next || disk_error_.empty()) {
    spdlog::error("the outbox could not be written: {}", error.to_string());
  }
  disk_advice_ = error.next;
  disk_error_ = error.to_string();
}

void Recorder::drop_oldest(std::size_t most) {
  if (waiting_.size() <= most) return;
  const auto surplus = waiting_.size() - most;
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(surplus));
  dropped_ += surplus;
}

void Recorder::stands(Result<OutboxSpace> space) {
  if (!space) return;
  space_ = std::move(*space);
  if (listener_.stands) listener_.stands(space_);
}

/// Some of what waits, to go with a commit that happens anyhow.
std::vector<Pending> Recorder::take_company() {
  if (waiting_.size() > kMostInCompany) return {};
  return std::exchange(waiting_, {});
}

/// What went with a commit needs none of its own.
void Recorder::company_kept() {
  disk_error_.clear();
  if (waiting_.empty()) {
    flush_at_.reset();
    hand_over_at_.reset();
  }
  if (held_ == 0) {
    settle_at_.reset();
    keep_at_.reset();
  }
}

/// A row that was taken then is on the disk, or a sign of that time.
void Recorder::alive_on_disk(SteadyTime newest) {
  const auto next = newest + sign_at_least_;
  if (sign_at_ && *sign_at_ < next) sign_at_ = next;
}

boost::asio::awaitable<Result<void>> Recorder::keep_note(std::string_view key, std::string value) {
  return record_events(std::vector<Pending>(), std::string(key), std::move(value));
}

boost::asio::awaitable<Result<void>> Recorder::record_events(std::vector<Pending> events,
                                                             std::string note_key, std::string note_value) {
  auto company = take_company();
  const auto began = clock_.steady();
  const auto newest = taken_at_;
  std::size_t now_held = 0;
  bool together = false;
  Result<OutboxSpace> space;
  auto job = [&] {
    auto all = company;
    all.insert(all.end(), events.begin(), events.end());
    auto done = outbox_.append_with_note(all, note_key, note_value);
    together = done.has_value();
    // Events have room where measurements have none.
    if (!together && !company.empty()) done = outbox_.append_with_note(events, note_key, note_value);
    space = outbox_.space();
    now_held = outbox_.held();
    return done;
  };
  auto appended = co_await store_.run(std::move(job));
  held_ = now_held;
  if (!together) put_back(std::move(company));
  stands(std::move(space));
  if (!appended) {
    disk_refused(appended.error());
    co_return Unexpected(appended.error());
  }
  if (together) company_kept();
  if (!events.empty()) {
    alive_on_disk(began);
  } else if (!company.empty()) {
    alive_on_disk(newest.value_or(began));
  }
  if (listener_.took) {
    for (const auto& event : events) listener_.took(event.schema, event.record);
  }
  if (listener_.appended) listener_.appended(*appended);
  co_return Result<void>();
}

boost::asio::awaitable<Result<Told>> Recorder::record_news(std::vector<Telling> tellings,
                                                           std::string note_key, std::string note_value,
                                                           Outbox::NoteWhen when, std::string remembered) {
  auto company = take_company();
  const auto began = clock_.steady();
  std::size_t now_held = 0;
  bool together = false;
  Result<OutboxSpace> space;
  auto job = [&] {
    auto done = outbox_.append_news(tellings, note_key, note_value, when, remembered, company);
    together = done && done->noted;
    if (!done && !company.empty()) {
      done = outbox_.append_news(tellings, note_key, note_value, when, remembered, {});
    }
    space = outbox_.space();
    now_held = outbox_.held();
    return done;
  };
  auto told = co_await store_.run(std::move(job));
  held_ = now_held;
  if (!together) put_back(std::move(company));
  stands(std::move(space));
  if (!told) {
    disk_refused(told.error());
    co_return Unexpected(told.error());
  }
  bool any = false;
  for (std::size_t i = 0; i < tellings.size(); ++i) {
    if (!told->news[i]) continue;
    any = true;
    if (listener_.took) listener_.took(tellings[i].pending.schema, tellings[i].pending.record);
  }
  if (any) alive_on_disk(began);
  any = any || (together && !company.empty());
  if (together) company_kept();
  if (any && listener_.appended) listener_.appended(told->last);
  co_return told;
}

boost::asio::awaitable<Result<bool>> Recorder::remembers(std::string subject) {
  auto job = [&outbox = outbox_, subject = std::move(subject)] { return outbox.remembers(subject); };
  auto remembered = co_await store_.run(std::move(job));
  co_return remembered;
}

boost::asio::awaitable<Result<std::optional<std::string>>> Recorder::read_note(std::string key) {
  auto job = [&outbox = outbox_, key] { return outbox.note(key); };
  auto note = co_await store_.run(std::move(job));
  co_return note;
}

std::optional<SteadyTime> Recorder::wake_at() const {
  std::optional<SteadyTime> first;
  for (const auto& when : {flush_at_, hand_over_at_, settle_at_, keep_at_, sign_at_}) {
    if (when && (!first || *when < *first)) first = when;
  }
  return first;
}

bool Recorder::due(const std::optional<SteadyTime>& when) const {
  return when && clock_.steady() >= *when;
}

boost::asio::awaitable<void> Recorder::run() {
  while (true) {
    if (keep_sign_ && !sign_at_) sign_at_ = clock_.steady();
    co_await changed_.wait_until(clock_, wake_at());
    if (due(hand_over_at_)) co_await hand_over();
    if (due(settle_at_)) co_await settle();
    // Held rows that are to be written soon after it serve as well, and then need no commit of their own.
    if (due(sign_at_) && keep_at_ && *keep_at_ - clock_.steady() <= sign_at_least_ / 2) {
      keep_at_ = clock_.steady();
    }
    if (due(flush_at_) || due(keep_at_)) co_await flush();
    if (due(sign_at_)) co_await sign();
  }
}

/// To the gateway before the disk: most often that makes the disk needless for now.
boost::asio::awaitable<void> Recorder::hand_over() {
  hand_over_at_.reset();
  if (waiting_.empty() || !listener_.gateway_keeps_up || !listener_.gateway_keeps_up()) co_return;
  const auto deadline = std::exchange(flush_at_, std::nullopt);
  auto batch = std::exchange(waiting_, {});
  std::size_t now_held = 0;
  auto job = [&outbox = outbox_, &batch, &now_held] {
    auto held = outbox.hold(batch);
    now_held = outbox.held();
    return held;
  };
  auto held = co_await store_.run(std::move(job));
  held_ = now_held;
  if (!held) {
    put_back(std::move(batch));
    flush_at_ = deadline;
    co_return;
  }
  if (!settle_at_ || (deadline && *deadline < *settle_at_)) settle_at_ = deadline;
  if (!keep_at_) keep_at_ = clock_.steady() + timing_.hold;
  if (listener_.handed_over) listener_.handed_over(*held);
}

/// The time to answer is over: what is not confirmed goes to the disk, and then all goes with it.
boost::asio::awaitable<void> Recorder::settle() {
  settle_at_.reset();
  auto job = [&outbox = outbox_] { return outbox.unacknowledged(); };
  const std::size_t unconfirmed = co_await store_.run(std::move(job));
  if (unconfirmed > 0) co_await flush();
}

boost::asio::awaitable<void> Recorder::flush() {
  for (auto* when : {&flush_at_, &hand_over_at_, &settle_at_, &keep_at_}) when->reset();
  if (waiting_.empty() && held_ == 0) co_return;
  const auto newest = taken_at_.value_or(clock_.steady());
  auto batch = std::exchange(waiting_, {});
  std::size_t done = 0;
  bool refused = false;
  do {
    const auto piece = std::min(kMostInAppend, batch.size() - done);
    const auto begin = batch.begin() + static_cast<std::ptrdiff_t>(done);
    std::vector<Pending> records(begin, begin + static_cast<std::ptrdiff_t>(piece));
    const std::uint64_t uncounted = dropped_ - dropped_counted_;
    bool counted = false;
    std::size_t now_held = 0;
    Result<OutboxSpace> space;
    auto job = [&outbox = outbox_, &records, uncounted, &counted, &now_held, &space] {
      counted = uncounted > 0 && outbox.count_dropped(uncounted).has_value();
      auto appended = outbox.append(records);
      now_held = outbox.held();
      space = outbox.space();
      return appended;
    };
    auto appended = co_await store_.run(std::move(job));
    held_ = now_held;
    if (counted) dropped_counted_ += uncounted;
    stands(std::move(space));
    if (!appended) {
      disk_refused(appended.error());
      refused = true;
      break;
    }
    disk_error_.clear();
    done += piece;
    if (piece > 0 && listener_.appended) listener_.appended(*appended);
  } while (done < batch.size());
  if (!refused) {
    alive_on_disk(newest);
    co_return;
  }
  batch.erase(batch.begin(), batch.begin() + static_cast<std::ptrdiff_t>(done));
  put_back(std::move(batch));
  flush_at_ = clock_.steady() + kRetryAfter;
}

boost::asio::awaitable<void> Recorder::sign() {
  const auto now = clock_.steady();
  const Stamp stamp = sign_now_();
  auto job = [this, &stamp] { return keep_sign_(stamp); };
  auto kept = co_await store_.run(std::move(job));
  sign_at_ = now + (kept ? sign_at_least_ : kRetryAfter);
  if (!kept) disk_refused(kept.error());
}

/// In front of what was taken meanwhile, in order.
void Recorder::put_back(std::vector<Pending> batch) {
  batch.insert(batch.end(), std::make_move_iterator(waiting_.begin()),
               std::make_move_iterator(waiting_.end()));
  waiting_ = std::move(batch);
  drop_oldest(kMostWaiting);
  if (waiting_.empty() || flush_at_) return;
  flush_at_ = clock_.steady() + kRetryAfter;
  changed_.ring();
}

}  // namespace xalink
