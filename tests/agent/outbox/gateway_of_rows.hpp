#pragma once
// What a gateway would hold of an outbox: each row id accounted for once, and nothing counted twice.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/hourly_summary.hpp"

namespace xalink {

/// One lane of it. Takes batches as the ledger does: what is new of them, in order, never over a hole.
class GatewayOfRows {
 public:
  void take(const Batch& batch) {
    for (const auto& item : batch.items) {
      if (item.last <= mark) continue;
      ASSERT_LE(item.first, mark + 1) << "a hole";
      const auto& schema = batch.schemas[item.schema];
      if (schema == gap_schema(batch.lane)) {
        const auto count = std::get<std::uint64_t>(item.record.values[2]);
        given_up[std::get<std::string>(item.record.values[3])] += std::min(count, item.last - mark);
      } else if (is_summary(schema)) {
        take_summary(item.record);
      } else {
        ASSERT_EQ(item.first, item.last);
        records.emplace(item.last, item.record);
      }
      mark = item.last;
    }
  }

  [[nodiscard]] std::uint64_t given_up_in_all() const {
    std::uint64_t all = 0;
    for (const auto& [reason, count] : given_up) all += count;
    return all;
  }

  RowId mark = 0;
  std::map<RowId, Record> records;
  std::uint64_t summaries = 0;
  std::uint64_t summarised = 0;  ///< records that the summaries stand for
  std::map<std::string, std::uint64_t> given_up;

 private:
  void take_summary(const Record& summary) {
    const auto first = std::get<std::uint64_t>(summary.values[1]);
    const auto last = std::get<std::uint64_t>(summary.values[2]);
    const auto inside = records.lower_bound(first);
    EXPECT_TRUE(inside == records.end() || inside->first > last)
        << "row " << inside->first << " arrived itself and in the summary of " << first << " to " << last;
    ++summaries;
    summarised += std::get<std::uint64_t>(summary.values[0]);
  }
};

}  // namespace xalink
