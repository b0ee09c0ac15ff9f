#include "gateway/store/curbs.hpp"

#include "gateway/store/database.hpp"

namespace xalink::store {

Curbs::Curbs(SQLite::Database& database)
    : add_(database,
           "INSERT INTO curbed(node, limited, refused, lost, set_aside, last_ms, reason) "
           "VALUES(?, ?, ?, ?, ?, ?, ?) ON CONFLICT(node) DO UPDATE SET "
           "limited = limited + excluded.limited, refused = refused + excluded.refused, "
           "lost = lost + excluded.lost, set_aside = set_aside + excluded.set_aside, "
           "last_ms = excluded.last_ms, reason = excluded.reason"),
      count_(database,
             "INSERT INTO counter(name, value) VALUES(?, ?) "
             "ON CONFLICT(name) DO UPDATE SET value = value + excluded.value") {}

void Curbs::add(std::optional<std::int64_t> node, const fact::Curbed& account) {
  // Those set aside beyond what is kept of them belong to the total, too.
  count("set_aside_total", account.set_aside);
  count("set_aside_dropped", account.set_aside);
  if (!node) {
    count("strangers_limited", account.limited);
    count("strangers_set_aside", account.set_aside);
    return;
  }
  const Use add(add_);
  add->bind(1, *node);
  add->bind(2, to_column(account.limited));
  add->bind(3, to_column(account.refused));
  add->bind(4, to_column(account.lost));
  add->bind(5, to_column(account.set_aside));
  add->bind(6, to_column(account.at));
  add->bindNoCopy(7, account.reason);
  add->exec();
}

void Curbs::add_set_aside(std::optional<std::int64_t> node, const fact::SetAside& message) {
  if (!node) {
    count("strangers_set_aside", 1);
    return;
  }
  const Use add(add_);
  add->bind(1, *node);
  for (const int column : {2, 3, 4}) add->bind(column, std::int64_t{0});
  add->bind(5, std::int64_t{1});
  add->bind(6, to_column(message.at));
  add->bindNoCopy(7, message.reason);
  add->exec();
}

void Curbs::count(const char* name, std::uint64_t amount) {
  if (amount == 0) return;
  const Use count(count_);
  count->bindNoCopy(1, name);
  count->bind(2, to_column(amount));
  count->exec();
}

}  // namespace xalink::store
