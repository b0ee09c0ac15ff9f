#pragma once
// An outbox in a scratch folder, with calls that throw where a test does not expect a refusal.

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() { reopen(); }

  void reopen() {
    outbox_.reset();
    auto opened = Outbox::open(file_);
    if (!opened) throw std::runtime_error(opened.error().to_string());
    outbox_ = std::move(*opened);
  }
  /// What a person does with sqlite3 while the outbox is closed.
  void change(const std::string& sql) {
    outbox_.reset();
    SQLite::Database(file_.string(), SQLite::OPEN_READWRITE).exec(sql);
  }
  std::string error_of_open() {
    outbox_.reset();
    auto opened = Outbox::open(file_);
    return opened ? "opened" : opened.error().to_string();
  }
  RowId append(const std::vector<Pending>& records) {
    auto rows = outbox_->append(records);
    if (!rows) throw std::runtime_error(rows.error().to_string());
    return (*rows)[index(records.back().schema.lane)];
  }
  Batch read(Lane lane, RowId first, std::size_t max_items) {
    auto batch = outbox_->read(lane, first, max_items);
    if (!batch) throw std::runtime_error(batch.error().to_string());
    return std::move(*batch);
  }
  LaneDepth depth(Lane lane) {
    auto depth = outbox_->depth(lane);
    if (!depth) throw std::runtime_error(depth.error().to_string());
    return *depth;
  }

  ScratchFolder folder_;
  std::filesystem::path file_ = folder_ / "outbox.db";
  std::unique_ptr<Outbox> outbox_;
};

}  // namespace xalink
