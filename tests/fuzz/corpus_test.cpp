// The corpus of a fuzz target as a test for every compiler: each file as it is, then mutations of it by seed.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "tests/fakes/fault_seeds.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace xalink::fuzz {
namespace {

constexpr const char* kCrashFile = XALINK_FUZZ_CRASH;

std::string input;  // the one that is tried, for whoever has to look at it afterwards

// Only what a signal may do: the input to a file, and its name to the terminal.
void leave_input(int signal) {
  const int file = ::open(kCrashFile, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  bool left = ::write(file, input.data(), input.size()) == static_cast<ssize_t>(input.size());
  left = left && ::write(STDERR_FILENO, kCrashFile, std::char_traits<char>::length(kCrashFile)) > 0;
  constexpr std::string_view kTold = ": the input that did it. Next: tests/run.sh fuzz --help\n";
  left = left && ::write(STDERR_FILENO, kTold.data(), kTold.size()) > 0;
  ::signal(signal, SIG_DFL);
  ::raise(signal);
  ::_exit(left ? 1 : 2);
}

void try_input() {
  EXPECT_EQ(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()), 0);
}

std::vector<std::filesystem::path> corpus() {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(XALINK_FUZZ_CORPUS))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string read(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// What a fuzzer does, without looking: bytes turned, pieces repeated, moved, cut out, numbers at their ends.
void mutate(std::string& text, const std::string& other, std::mt19937_64& random) {
  const auto place = [&](std::size_t size) { return static_cast<std::size_t>(random() % (size + 1)); };
  for (auto changes = 1 + random() % 8; changes > 0; --changes) {
    if (text.empty()) text.push_back('\0');
    const auto at = place(text.size() - 1);
    const auto length = std::min<std::size_t>(1 + random() % 64, text.size() - at);
    switch (random() % 8) {
      case 0: text[at] = static_cast<char>(random()); break;
      case 1: text[at] = static_cast<char>(text[at] ^ (1 << (random() % 8))); break;
      case 2: text.erase(at, length); break;
      case 3: text.insert(place(text.size()), text.substr(at, length)); break;
      case 4: text.insert(at, random() % 5 + 1, static_cast<char>(0xFF)); break;
      case 5: text.insert(at, std::string_view("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01", 10)); break;
      case 6: text.replace(at, length, other.substr(std::min(at, other.size()), length)); break;
      default: text.resize(at); break;
    }
  }
}

class Corpus : public testing::Test {
 protected:
  Corpus() {
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL}) ::signal(signal, leave_input);
  }
  ~Corpus() override {
    for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL}) ::signal(signal, SIG_DFL);
  }
};

TEST_F(Corpus, HoldsEveryClaim) {
  const auto files = corpus();
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    input = read(file);
    try_input();
  }
}

TEST_F(Corpus, HoldsEveryClaimWhenMutated) {
  const auto files = corpus();
  const auto seeds = test::fault_seeds(30);
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    std::mt19937_64 random(seed);
    for (const auto& file : files) {
      const auto other = read(files[random() % files.size()]);
      input = read(file);
      if (input.size() > 20'000) continue;  // minutes, and nothing that a small one does not have
      for (int round = 0; round < 5; ++round) {
        mutate(input, other, random);
        try_input();
      }
    }
  }
}

}  // namespace
}  // namespace xalink::fuzz
