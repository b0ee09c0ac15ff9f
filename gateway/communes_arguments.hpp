#pragma once
// `xalink-gateway communes ...`: its words and options.

#include <CLI/App.hpp>
#include <filesystem>

#include "gateway/registry/communes_command.hpp"

namespace xalink {

class CommunesArguments {
 public:
  /// `json` is the flag that commands share.
  CommunesArguments(CLI::App& app, bool& json);

  [[nodiscard]] bool parsed() const { return command_->parsed(); }
  /// Template needs no registry; all others ask for it.
  [[nodiscard]] int run(const std::filesystem::path& registry_file, Language language, const Clock& clock);

 private:
  CommunesOrder order_;
  bool& json_;
  CLI::App* command_;
  CLI::App* check_;
  CLI::App* import_;
  CLI::App* list_;
  CLI::App* template_;
  CLI::App* export_;
  CLI::App* versions_;
};

}  // namespace xalink
