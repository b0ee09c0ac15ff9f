#pragma once
// The ledger on SQLite: one connection, one transaction for each commit.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/ledger.hpp"
#include "gateway/store/curbs.hpp"
#include "gateway/store/live_state.hpp"
#include "gateway/store/nodes.hpp"
#include "gateway/store/records.hpp"
#include "gateway/store/recoveries.hpp"
#include "gateway/store/set_aside.hpp"
#include "gateway/store/store_lock.hpp"

namespace xalink::store {

class SqliteLedger final : public Ledger {
 public:
  /// Creates the file when there is none. Fails when another gateway has it open.
  [[nodiscard]] static Result<std::unique_ptr<SqliteLedger>> open(const std::filesystem::path& file,
                                                                  SetAsideLimits limits = {});
  [[nodiscard]] static Result<std::unique_ptr<SqliteLedger>> open(const std::filesystem::path& file,
                                                                  SetAsideLimits limits,
                                                                  StoreTrouble& trouble);

  [[nodiscard]] Result<std::vector<LaneMark>> commit(const std::vector<Fact>& facts) override;
  [[nodiscard]] Result<void> close_open_sessions(WallTime at, const std::string& reason) override;

 private:
  class MarkList;

  SqliteLedger(std::filesystem::path file, StoreLock lock, std::unique_ptr<SQLite::Database> database,
               SetAsideLimits limits);
  void take(const Fact& fact, MarkList& marks);
  [[nodiscard]] std::optional<std::int64_t> owner_of_topic(const std::string& topic);
  void remember_commit(WallTime at);
  /// What is in memory may belong to the transaction that was undone.
  void forget_cached();

  std::filesystem::path file_;
  StoreLock lock_;  // before the database: let go only after it has closed
  std::unique_ptr<SQLite::Database> database_;
  Nodes nodes_;
  Records records_;
  Recoveries recoveries_;
  LiveState live_;
  Curbs curbs_;
  SetAside set_aside_;
  SQLite::Statement remember_;
};

}  // namespace xalink::store
