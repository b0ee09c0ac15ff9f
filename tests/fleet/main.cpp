// fleet_maker FOLDER: a province's store and registry, as months of boards would have filled them. Simulated
// records (board_days.hpp) through the real ledger.

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "gateway/ledger.hpp"
#include "gateway/meaning/period.hpp"
#include "gateway/registry/registry_file.hpp"
#include "tests/fleet/board_days.hpp"

namespace {

using namespace xalink;
namespace fs = std::filesystem;

struct Order {
  std::string folder;
  std::string communes;  ///< the shipped list
  std::size_t boards = 193;
  std::string from = "2024-01-01";
  std::size_t days = 366;
  std::uint64_t seed = 1;
};

struct Place {
  std::string code;
  std::string site;
};

/// The units of Hà Giang on the first day, as the shipped list has them.
std::vector<Place> places(const Order& order) {
  std::ifstream list(order.communes);
  if (!list) throw std::runtime_error(order.communes + ": cannot be read");
  std::vector<Place> found;
  std::string line;
  std::getline(list, line);
  while (found.size() < order.boards && std::getline(list, line)) {
    if (line.size() < 7 || line[5] != ',' || line[6] != ',') continue;  // without a first day: the old units
    const std::string code = line.substr(0, 5);
    found.push_back({code, "xa-" + code});
  }
  return found;
}

void write_registry(const Order& order, const std::vector<Place>& offices) {
  std::ofstream sites(fs::path(order.folder) / "sites.csv");
  sites << "site,from,to,code,valid_from,name,role,latitude,longitude,office_hours,source\n";
  for (const auto& office : offices) {
    // Three units were split on 2025-07-01: nobody can know to which part the office went.
    const bool split = office.code == "00688" || office.code == "00967" || office.code == "00988";
    sites << office.site << ",," << (split ? "2025-06-30" : "") << "," << office.code
          << ",,,office,,,,simulated\n";
  }
}

void write_configuration(const Order& order) {
  const auto folder = fs::absolute(order.folder);
  std::ofstream(folder / "gateway.toml")
      << "[broker]\nurl = \"mqtt://127.0.0.1:1883\"\n[store]\nfile = \"" << (folder / "gateway.db").string()
      << "\"\n[registry]\nfile = \"" << (folder / "registry.db").string() << "\"\n";
}

int make(const Order& order) {
  fs::create_directories(order.folder);
  const auto offices = places(order);
  write_registry(order, offices);
  write_configuration(order);
  const auto first = registry::read_date(order.from);
  if (!first) throw std::runtime_error("--from " + order.from + ": no day such as 2024-01-01");
  auto ledger = Ledger::open(fs::path(order.folder) / "gateway.db");
  if (!ledger) throw std::runtime_error(ledger.error().to_string());
  std::vector<test::BoardDays> boards;
  boards.reserve(offices.size());
  for (const auto& office : offices) {
    boards.emplace_back(test::Office{office.site, order.seed * 1'000'003 + std::stoull(office.code)});
  }
  const auto began = std::chrono::steady_clock::now();
  std::uint64_t records = 0;
  WallTime midnight = meaning::start_of(*first);
  for (std::size_t day = 0; day < order.days; ++day, midnight += std::chrono::hours(24)) {
    // 1970-01-01 was a Thursday; Vietnam is seven hours ahead.
    const auto weekday =
        ((midnight.time_since_epoch() + std::chrono::hours(7)) / std::chrono::hours(24) + 4) % 7;
    std::vector<Fact> facts;
    for (auto& board : boards) {
      auto more = board.day(midnight, weekday != 0 && weekday != 6);
      facts.insert(facts.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    if (const auto committed = (*ledger)->commit(facts); !committed) {
      throw std::runtime_error(committed.error().to_string());
    }
    records = 0;
    for (const auto& board : boards) records += board.records();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    std::cerr << "\rday " << day + 1 << " of " << order.days << ", " << records << " records, "
              << static_cast<std::uint64_t>(static_cast<double>(records) / took.count()) << "/s   "
              << std::flush;
  }
  std::cerr << "\n";
  std::cout << records << " records of " << offices.size() << " boards and " << order.days << " days in "
            << order.folder << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  Order order;
  CLI::App app{"Fills a folder with a province's store, registry and configuration: simulated boards"};
  app.add_option("FOLDER", order.folder, "Is made when it is not there")->required();
  app.add_option("--communes", order.communes, "The list of communes that xalink ships")->required();
  app.add_option("--boards", order.boards, "One in each commune, so many")->capture_default_str();
  app.add_option("--from", order.from, "First day")->capture_default_str();
  app.add_option("--days", order.days, "How many")->capture_default_str();
  app.add_option("--seed", order.seed, "Another one, another fleet")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    return make(order);
  } catch (const std::exception& error) {
    std::cerr << "fleet_maker: " << error.what() << "\n";
    return 1;
  }
}
