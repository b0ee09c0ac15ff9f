-- The gateway's store, version 1: the one source of truth for its shape. Later versions are scripts of
-- their own beside this one, applied forward only (PRAGMA user_version).
--
-- Times ending in _ms are milliseconds since 1970-01-01 UTC, by the gateway's clock unless said otherwise.

-- Who has spoken to us.
CREATE TABLE node(
  id            INTEGER PRIMARY KEY,
  grp           TEXT NOT NULL,              -- Sparkplug group id
  node          TEXT NOT NULL,              -- Sparkplug edge node id
  first_seen_ms INTEGER NOT NULL,
  UNIQUE(grp, node)
) STRICT;

-- One outbox database of a node. A new database on the board is a new epoch with its own numbering.
CREATE TABLE epoch(
  id            INTEGER PRIMARY KEY,
  node          INTEGER NOT NULL REFERENCES node(id),
  uuid          TEXT NOT NULL,
  first_seen_ms INTEGER NOT NULL,
  UNIQUE(node, uuid)
) STRICT;

-- Shapes of records. Columns that a record lacked may be missing from its shape: what arrived is kept.
CREATE TABLE schema(
  id      INTEGER PRIMARY KEY,
  device  TEXT NOT NULL,
  grp     TEXT NOT NULL,                    -- first part of the metrics' names, "Ping/gateway"
  columns BLOB NOT NULL,                    -- pack_columns() of sparkplug/packed_values.hpp
  UNIQUE(device, grp, columns)
) STRICT;

-- Boots of boards: the kernel's boot UUID.
CREATE TABLE boot(
  id   INTEGER PRIMARY KEY,
  uuid TEXT NOT NULL UNIQUE
) STRICT;

-- Everything up to row_id is in `record`, nothing above it is. The rest of the row is a sum over those
-- records, kept in the same transaction, so that nobody has to count them.
CREATE TABLE mark(
  epoch            INTEGER NOT NULL REFERENCES epoch(id),
  lane             INTEGER NOT NULL,
  row_id           INTEGER NOT NULL,
  records          INTEGER NOT NULL,        -- rows of `record` that are records, not gaps
  given_up         INTEGER NOT NULL,        -- records that the gaps say were given up
  last_wall_ms     INTEGER NOT NULL,        -- of the last record, by the board's clock
  last_quality     INTEGER NOT NULL,        -- ClockQuality of that time
  last_received_ms INTEGER NOT NULL,
  PRIMARY KEY(epoch, lane)
) STRICT, WITHOUT ROWID;

-- The records, each once. No foreign keys: this is the hot path, and the ids come from the tables above
-- in the same transaction.
CREATE TABLE record(
  epoch       INTEGER NOT NULL,
  lane        INTEGER NOT NULL,
  row_id      INTEGER NOT NULL,
  first       INTEGER,                      -- a gap stands for rows first..row_id; NULL for records
  schema      INTEGER NOT NULL,
  boot        INTEGER NOT NULL,
  boot_ms     INTEGER NOT NULL,             -- milliseconds since that boot
  wall_ms     INTEGER NOT NULL,             -- by the board's clock
  quality     INTEGER NOT NULL,             -- ClockQuality of wall_ms
  received_ms INTEGER NOT NULL,
  body        BLOB NOT NULL,                -- pack() of sparkplug/packed_values.hpp
  PRIMARY KEY(epoch, lane, row_id)
) STRICT, WITHOUT ROWID;

-- One row from each NBIRTH with a new bdSeq to its death.
CREATE TABLE session(
  id             INTEGER PRIMARY KEY,
  node           INTEGER NOT NULL REFERENCES node(id),
  bdseq          INTEGER NOT NULL,
  born_ms        INTEGER NOT NULL,
  died_ms        INTEGER,                   -- NULL while the node is online
  reason         TEXT,                      -- why it ended
  epoch          INTEGER REFERENCES epoch(id),  -- NULL: a node that knows nothing of delivery
  boot           TEXT NOT NULL,             -- the node's boot UUID, '' when it does not tell
  clock_quality  INTEGER NOT NULL,          -- at the last birth
  boot_offset_ms INTEGER NOT NULL,
  depth_0        INTEGER NOT NULL,          -- unacknowledged rows of each lane at the last birth
  depth_1        INTEGER NOT NULL,
  oldest_ms      INTEGER                    -- of the oldest of them, by the board's clock
) STRICT;
CREATE UNIQUE INDEX session_open ON session(node) WHERE died_ms IS NULL;
CREATE INDEX session_of_node ON session(node, born_ms);

CREATE TABLE device(
  node    INTEGER NOT NULL REFERENCES node(id),
  device  TEXT NOT NULL,
  born_ms INTEGER NOT NULL,
  died_ms INTEGER,                          -- NULL while the device is alive
  PRIMARY KEY(node, device)
) STRICT, WITHOUT ROWID;

-- The last value of each metric. `stale`: its node or device is gone, or has been reborn without it.
-- Integers above 2^63 - 1 stand as their two's complement; `type` (Sparkplug's number) tells.
CREATE TABLE current_value(
  node        INTEGER NOT NULL REFERENCES node(id),
  device      TEXT NOT NULL,                -- '' for the node's own metrics
  metric      TEXT NOT NULL,
  type        INTEGER NOT NULL,
  unit        TEXT NOT NULL,
  value       ANY,
  at_ms       INTEGER NOT NULL,             -- the metric's own timestamp
  received_ms INTEGER NOT NULL,
  stale       INTEGER NOT NULL,
  PRIMARY KEY(node, device, metric)
) STRICT, WITHOUT ROWID;

-- History of plain Sparkplug nodes, which nothing else would deliver.
CREATE TABLE series(
  id     INTEGER PRIMARY KEY,
  node   INTEGER NOT NULL REFERENCES node(id),
  device TEXT NOT NULL,
  metric TEXT NOT NULL,
  type   INTEGER NOT NULL,
  UNIQUE(node, device, metric, type)
) STRICT;
CREATE TABLE plain_value(
  id          INTEGER PRIMARY KEY,
  series      INTEGER NOT NULL REFERENCES series(id),
  at_ms       INTEGER NOT NULL,
  historical  INTEGER NOT NULL,
  received_ms INTEGER NOT NULL,
  value       ANY
) STRICT;
CREATE INDEX plain_value_of_series ON plain_value(series, at_ms);

-- Messages that could not be used. Bounded: the oldest give way and are counted.
CREATE TABLE set_aside(
  id      INTEGER PRIMARY KEY,
  at_ms   INTEGER NOT NULL,
  topic   TEXT NOT NULL,
  reason  TEXT NOT NULL,
  size    INTEGER NOT NULL,                 -- of the whole payload; what is kept may be shorter
  payload BLOB NOT NULL
) STRICT;

-- set_aside_total, set_aside_dropped; last_commit_ms.
CREATE TABLE counter(
  name  TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
