#pragma once
// What SQLite refuses, told so that whoever looks after the board can act on it.

#include <SQLiteCpp/Exception.h>

#include <filesystem>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

/// `attempt` goes on from "cannot": "append 12 records", "open the outbox".
[[nodiscard]] Error database_error(const std::filesystem::path& file, std::string_view attempt,
                                   const SQLite::Exception& refusal);

/// The database can be read but contradicts itself.
[[nodiscard]] Error damaged_database(const std::filesystem::path& file, std::string_view contradiction);

}  // namespace xalink
