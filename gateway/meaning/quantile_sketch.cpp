#include "gateway/meaning/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace xalink::meaning {
namespace {

constexpr char kVersion = 1;
constexpr double kZero = 1e-9;
constexpr double kGrowth = (1 + QuantileSketch::kRelativeError) / (1 - QuantileSketch::kRelativeError);
// Of doubles there are no more buckets than this on each side.
constexpr std::uint64_t kMostBuckets = 80'000;

std::int32_t bucket_of(double magnitude) {
  return static_cast<std::int32_t>(std::ceil(std::log(magnitude) / std::log(kGrowth)));
}

double value_of(std::int32_t bucket) {
  return 2 * std::pow(kGrowth, bucket) / (kGrowth + 1);
}

void put(std::string& out, std::uint64_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>((number & 0x7f) | 0x80));
    number >>= 7U;
  }
  out.push_back(static_cast<char>(number));
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  [[nodiscard]] std::uint64_t number() {
    std::uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      number |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) return number;
    }
    sound_ = false;
    return 0;
  }
  [[nodiscard]] bool sound() const { return sound_; }
  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool sound_ = true;
};

std::uint64_t zigzag(std::int64_t number) {
  return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U);
}
std::int64_t unzigzag(std::uint64_t number) {
  return static_cast<std::int64_t>(number >> 1U) ^ -static_cast<std::int64_t>(number & 1U);
}

}  // namespace

void QuantileSketch::add(double value, std::uint64_t times) {
  if (!std::isfinite(value) || times == 0) return;
  count_ += times;
  if (std::abs(value) < kZero) {
    zeros_ += times;
  } else if (value > 0) {
    positive_[bucket_of(value)] += times;
  } else {
    negative_[bucket_of(-value)] += times;
  }
}

QuantileSketch& QuantileSketch::operator+=(const QuantileSketch& other) {
  for (const auto& [bucket, times] : other.positive_) positive_[bucket] += times;
  for (const auto& [bucket, times] : other.negative_) negative_[bucket] += times;
  zeros_ += other.zeros_;
  count_ += other.count_;
  return *this;
}

std::optional<double> QuantileSketch::quantile(double share) const {
  if (count_ == 0) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(
      std::max(1.0, std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_))));
  std::uint64_t reached = 0;
  for (auto bucket = negative_.rbegin(); bucket != negative_.rend(); ++bucket) {
    reached += bucket->second;
    if (reached >= rank) return -value_of(bucket->first);
  }
  reached += zeros_;
  if (reached >= rank) return 0.0;
  for (const auto& [bucket, times] : positive_) {
    reached += times;
    if (reached >= rank) return value_of(bucket);
  }
  return positive_.empty() ? 0.0 : value_of(positive_.rbegin()->first);
}

std::string QuantileSketch::to_bytes() const {
  std::string bytes(1, kVersion);
  put(bytes, zeros_);
  put(bytes, positive_.size());
  put(bytes, negative_.size());
  for (const auto* buckets : {&positive_, &negative_}) {
    std::int64_t before = 0;
    for (const auto& [bucket, times] : *buckets) {
      put(bytes, zigzag(bucket - before));
      put(bytes, times);
      before = bucket;
    }
  }
  return bytes;
}

Result<QuantileSketch> QuantileSketch::from_bytes(std::string_view bytes) {
  const auto broken = [] { return failure({}, "is no sketch of quantiles"); };
  if (bytes.empty() || bytes.front() != kVersion) return broken();
  Reader read(bytes.substr(1));
  QuantileSketch sketch;
  sketch.zeros_ = sketch.count_ = read.number();
  const auto positive = read.number();
  const auto negative = read.number();
  if (!read.sound() || positive > kMostBuckets || negative > kMostBuckets) return broken();
  for (const auto& [buckets, number] :
       {std::pair(&sketch.positive_, positive), std::pair(&sketch.negative_, negative)}) {
    std::int64_t bucket = 0;
    for (std::uint64_t i = 0; i < number; ++i) {
      const auto step = unzigzag(read.number());
      const auto times = read.number();
      constexpr std::int64_t kFar = std::numeric_limits<std::int32_t>::max();
      if (!read.sound() || step > kFar || step < -kFar || times == 0 || (i > 0 && step <= 0)) return broken();
      bucket += step;
      if (bucket > kFar || bucket < -kFar) return broken();
      buckets->emplace(static_cast<std::int32_t>(bucket), times);
      sketch.count_ += times;
    }
  }
  if (!read.at_end()) return broken();
  return sketch;
}

}  // namespace xalink::meaning
