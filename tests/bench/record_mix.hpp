#pragma once
// The records of an ordinary board with the default probes, as many as wanted, the same ones every time.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <vector>

#include "agent/outbox/outbox.hpp"

namespace xalink::bench {

/// What five minutes of the default configuration give: each minute a link and two pings, then a DNS
/// answer, a service reached and the board's state; and about 40 dossier events in a day. One ping in 200
/// fails. Everything is drawn from one seed.
class RecordMix {
 public:
  RecordMix();
  /// The next record in the order in which a board would take it.
  [[nodiscard]] Pending next();

 private:
  [[nodiscard]] Stamp stamp();
  [[nodiscard]] Pending link();
  [[nodiscard]] Pending ping(const Schema& schema, std::uint64_t usual_us);
  [[nodiscard]] Pending dns();
  [[nodiscard]] Pending reach();
  [[nodiscard]] Pending board();
  [[nodiscard]] Pending dossier();
  [[nodiscard]] std::uint64_t around(std::uint64_t middle, std::uint64_t spread);

  Schema link_;
  Schema gateway_;
  Schema anchor_;
  Schema dns_;
  Schema reach_;
  Schema board_;
  Schema dossier_;
  std::uint64_t state_ = 20'260'901;  ///< of the generator
  std::int64_t at_ms_ = 0;            ///< since the first record
  std::size_t place_ = 0;             ///< in the round of five minutes
  std::uint64_t received_ = 3'000'000'000;
  std::uint64_t sent_ = 900'000'000;
  std::uint64_t dossiers_ = 0;
};

struct Filled {
  std::array<RowId, kLaneCount> last{};  ///< of each lane
  std::uint64_t values = 0;              ///< columns that are not null
  [[nodiscard]] std::uint64_t records() const { return last[0] + last[1]; }
};

/// Fills a new outbox. Throws std::runtime_error when it refuses.
[[nodiscard]] Filled fill_outbox(const std::filesystem::path& file, std::uint64_t records,
                                 const std::function<void(std::uint64_t)>& progress);

}  // namespace xalink::bench
