#include "sparkplug/program.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/asio/multiple_exceptions.hpp>
#include <boost/system/system_error.hpp>
#include <cstdlib>
#include <iostream>
#include <random>
#include <utility>

namespace xalink {

int complain(std::string_view program, std::string_view text, ExitCode code) {
  std::cerr << program << ": " << text << "\n";
  return code;
}

void set_up_log(const std::string& name, const std::string& level) {
  auto logger = spdlog::stderr_logger_mt(name);
  // The journal has times of its own.
  const bool in_journal = std::getenv("JOURNAL_STREAM") != nullptr;  // NOLINT(concurrency-mt-unsafe)
  logger->set_pattern(in_journal ? "%l: %v" : "%Y-%m-%d %H:%M:%S.%e %l: %v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

std::uint64_t random_seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32U) | device();
}

std::exception_ptr first_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::asio::multiple_exceptions& several) {
    return first_of(several.first_exception());
  } catch (...) {
    return error;
  }
}

bool is_cancellation(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error&) {
    return true;
  } catch (...) {
    return false;
  }
}

}  // namespace xalink
