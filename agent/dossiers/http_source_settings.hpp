#pragma once
// What the HTTP source needs to be told. Read from [dossiers.http] by agent/config.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "agent/dossiers/drop_folder_settings.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/http_proxy.hpp"

namespace xalink {

/// How a point in time is written in the question.
enum class SinceForm : std::uint8_t {
  iso,      ///< 2026-06-15T14:12:28+07:00
  compact,  ///< 20260615141228, Asia/Ho_Chi_Minh
  unix_ms,  ///< milliseconds since 1970
};

struct HttpSourceSettings {
  TableSettings table{dossier_table()};
  std::string url;  ///< empty: no HTTP source
  Milliseconds interval = std::chrono::minutes(5);
  Milliseconds timeout = std::chrono::seconds(60);
  std::filesystem::path token_file;  ///< empty: no token
  std::string ca_file;               ///< empty: the system's
  std::optional<HttpProxy> proxy;    ///< unless the server is an exception of it
  /// Parameter of the URL that carries the cursor; empty: none is sent.
  std::string since_parameter = "since";
  SinceForm since_form = SinceForm::iso;
  /// Where the next cursor comes from: "field:KEY", the latest time of that field; "json:PATH", a value of
  /// the answer; "header:NAME".
  std::string cursor = "field:state_at";
  std::string rows;  ///< path of the list in a JSON answer; empty: the answer is the list
  std::string next;  ///< path of the next page's address in a JSON answer; the header Link counts as well
  std::size_t max_answer_bytes = std::size_t{4} << 20U;
  std::filesystem::path rejected_folder;  ///< for reports of bad rows
  std::size_t rows_per_append = 500;
};

}  // namespace xalink
