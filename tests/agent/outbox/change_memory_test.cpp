#include "agent/outbox/change_memory.hpp"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include "agent/outbox/outbox.hpp"
#include "tests/agent/outbox/outbox_fixture.hpp"
#include "tests/agent/outbox/sample_records.hpp"

namespace xalink {
namespace {

std::string subject(std::uint64_t number) {
  // Spread as digests are.
  std::string bytes;
  std::uint64_t state = number * 0x9E3779B97F4A7C15U + 1;
  for (std::size_t i = 0; i < Telling::kSubjectBytes; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    bytes += static_cast<char>(state >> 56U);
  }
  return bytes;
}

Telling says(std::uint64_t who, std::uint64_t what, Telling::Repeats repeats = Telling::Repeats::are_old) {
  return Telling{dossier_event(who), subject(who), what, repeats};
}

class ChangeMemoryTest : public OutboxTest {
 protected:
  std::vector<bool> tell(const std::vector<Telling>& tellings) {
    const auto told = outbox_->append_news(tellings, "key", "value", Outbox::NoteWhen::always, "");
    EXPECT_TRUE(told) << told.error().to_string();
    return told ? told->news : std::vector<bool>();
  }
  using News = std::vector<bool>;
};

TEST_F(ChangeMemoryTest, TheSameAgainIsNoNewsAlsoAfterARestart) {
  EXPECT_EQ(tell({says(1, 10), says(2, 10), says(1, 10)}), (News{true, true, false}));
  reopen();
  EXPECT_EQ(tell({says(1, 10), says(2, 11), says(3, 1)}), (News{false, true, true}));
  EXPECT_EQ(outbox_->depth(Lane::events)->last, 4U);
}

TEST_F(ChangeMemoryTest, WhatCarriesItsTimeIsOldHoweverLongAgoItWasSaid) {
  for (std::uint64_t state = 0; state < ChangeMemory::kMostContents; ++state) {
    EXPECT_EQ(tell({says(1, state)}), News{true});
  }
  for (std::uint64_t state = 0; state < ChangeMemory::kMostContents; ++state) {
    EXPECT_EQ(tell({says(1, state)}), News{false});
  }
}

TEST_F(ChangeMemoryTest, WithoutATimeGoingBackIsNews) {
  const auto says_now = [](std::uint64_t what) { return says(1, what, Telling::Repeats::may_be_new); };
  EXPECT_EQ(tell({says_now(1), says_now(2), says_now(1), says_now(1)}), (News{true, true, true, false}));
}

TEST_F(ChangeMemoryTest, WithoutNewsNothingIsWritten) {
  ASSERT_EQ(tell({says(1, 1)}), News{true});
  const auto told =
      outbox_->append_news({says(1, 1)}, "key", "another value", Outbox::NoteWhen::with_news, "");
  ASSERT_TRUE(told);
  EXPECT_FALSE(told->noted);
  EXPECT_EQ(outbox_->note("key").value(), "value");
  EXPECT_EQ(told->last[index(Lane::events)], 1U);
}

TEST_F(ChangeMemoryTest, ARefusedAppendRemembersNothing) {
  Telling wrong = says(2, 1);
  wrong.pending.record.values.clear();
  EXPECT_FALSE(outbox_->append_news({says(1, 1), wrong}, "key", "value", Outbox::NoteWhen::always, ""));
  EXPECT_EQ(tell({says(1, 1)}), News{true});
}

TEST_F(ChangeMemoryTest, RemembersAFileByItself) {
  EXPECT_FALSE(outbox_->remembers(subject(7)).value());
  ASSERT_TRUE(outbox_->append_news({}, "key", "value", Outbox::NoteWhen::always, subject(7)));
  EXPECT_TRUE(outbox_->remembers(subject(7)).value());
  reopen();
  EXPECT_TRUE(outbox_->remembers(subject(7)).value());
  EXPECT_EQ(outbox_->depth(Lane::events)->last, 0U);
}

TEST(ChangeMemory, TakesAnEighthOfASmallOutbox) {
  EXPECT_EQ(ChangeMemory::subjects_for(std::uint64_t{64} << 20U), ChangeMemory::kUsualSubjects);
  EXPECT_EQ(ChangeMemory::subjects_for(std::uint64_t{4} << 20U), 6553U);
}

TEST(ChangeMemory, IsBoundedAndForgetsByChance) {
  SQLite::Database database(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  ChangeMemory memory(database, 1'000);
  constexpr std::uint64_t kSubjects = 1'200;
  for (std::uint64_t i = 0; i < kSubjects; ++i) EXPECT_TRUE(memory.take(says(i, 1)));
  EXPECT_EQ(database.execAndGet("SELECT count(*) FROM said").getInt(), 1'000);
  EXPECT_EQ(memory.displaced(), 200U);
  // The same export night after night: most of it is still known, though it is larger than the bound.
  std::size_t repeated = 0;
  for (std::uint64_t i = 0; i < kSubjects; ++i) repeated += memory.take(says(i, 1)) ? 1U : 0U;
  EXPECT_GE(repeated, 200U);
  EXPECT_LE(repeated, 500U);
}

}  // namespace
}  // namespace xalink
