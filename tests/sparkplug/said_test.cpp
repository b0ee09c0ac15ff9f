// Errors in the reader's language.

#include "sparkplug/said.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

TEST(Said, AnErrorIsToldInTheReadersLanguage) {
  const auto error = refusal("--period", Said::same("\"x\"") + Said(" is no period", " không phải kỳ"),
                             {"write 2024", "ghi 2024"});
  EXPECT_EQ(told(error, Language::english), "--period: \"x\" is no period. Next: write 2024");
  EXPECT_EQ(told(error, Language::vietnamese), "--period: \"x\" không phải kỳ. Tiếp theo: ghi 2024");
}

TEST(Said, WhatTheUserWroteMayHoldTheMark) {
  const auto error = refusal("", Said::same("\"a | b\"") + Said(" is wrong", " không đúng"), {});
  EXPECT_EQ(told(error, Language::english), "\"a | b\" is wrong");
  EXPECT_EQ(told(error, Language::vietnamese), "\"a | b\" không đúng");
}

TEST(Said, AnErrorInOneLanguageStaysWhole) {
  const Error error{"store.db", "is a pipe | not a file | at all", "Look"};
  EXPECT_EQ(told(error, Language::vietnamese), error.to_string());
}

}  // namespace
}  // namespace xalink
