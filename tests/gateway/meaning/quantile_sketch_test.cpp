#include "gateway/meaning/quantile_sketch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace xalink::meaning {
namespace {

TEST(QuantileSketch, IsWithinOnePercentOfEveryQuantile) {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> spread(3, 2);
  std::vector<double> values;
  QuantileSketch sketch;
  for (int i = 0; i < 20'000; ++i) {
    values.push_back(i % 7 == 0 ? -spread(random) : spread(random));
    sketch.add(values.back());
  }
  std::ranges::sort(values);
  for (const double share : {0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0}) {
    const auto rank = std::max(1.0, std::ceil(share * 20'000));
    const double exact = values[static_cast<std::size_t>(rank) - 1];
    EXPECT_NEAR(*sketch.quantile(share), exact, std::abs(exact) * 0.0100001) << share;
  }
}

TEST(QuantileSketch, CountsWholeNumbersAndZeroByHand) {
  QuantileSketch sketch;
  sketch.add(0, 5);
  sketch.add(100, 4);
  sketch.add(-3);
  sketch.add(std::numeric_limits<double>::infinity());
  sketch.add(std::nan(""));
  EXPECT_EQ(sketch.count(), 10U);
  EXPECT_NEAR(*sketch.quantile(0.1), -3, 0.03);
  EXPECT_EQ(*sketch.quantile(0.2), 0.0);
  EXPECT_EQ(*sketch.quantile(0.6), 0.0);
  EXPECT_NEAR(*sketch.quantile(0.61), 100, 1);
  EXPECT_EQ(QuantileSketch().quantile(0.5), std::nullopt);
}

TEST(QuantileSketch, OfPartsInAnyOrderIsThatOfTheWholeBitByBit) {
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> spread(-1'000, 100'000);
  QuantileSketch whole;
  std::vector<QuantileSketch> parts(9);
  for (int i = 0; i < 5'000; ++i) {
    const auto value = spread(random);
    whole.add(value);
    parts[random() % parts.size()].add(value);
  }
  for (int again = 0; again < 5; ++again) {
    std::ranges::shuffle(parts, random);
    QuantileSketch sum;
    for (const auto& part : parts) sum += part;
    EXPECT_EQ(sum.to_bytes(), whole.to_bytes());
  }
  EXPECT_EQ(QuantileSketch::from_bytes(whole.to_bytes()).value(), whole);
  EXPECT_EQ(QuantileSketch::from_bytes(QuantileSketch().to_bytes()).value(), QuantileSketch());
}

TEST(QuantileSketch, RefusesBytesThatItCannotHaveWritten) {
  QuantileSketch sketch;
  sketch.add(1.5, 300);
  sketch.add(-7);
  sketch.add(0);
  const auto bytes = sketch.to_bytes();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(QuantileSketch::from_bytes(bytes.substr(0, size))) << size;
  EXPECT_FALSE(QuantileSketch::from_bytes(bytes + "x"));
  EXPECT_FALSE(QuantileSketch::from_bytes("\x02" + bytes.substr(1)));
}

}  // namespace
}  // namespace xalink::meaning
