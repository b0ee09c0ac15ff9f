-- The outbox of one board, format 1 (PRAGMA user_version). Later formats are scripts of their own beside
-- this one, schema_2.sql and so on, applied forward only and in order.
-- To look inside while the agent is stopped: sqlite3 -readonly outbox.db 'SELECT * FROM records LIMIT 10'
-- While it runs it holds the file alone: ask it (xalink-agent status, export), or look into a copy of the
-- file and its -wal.

-- One row. A new database is a new epoch: row ids mean nothing without it.
CREATE TABLE meta(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  epoch TEXT NOT NULL,  -- random UUID
  bdseq INTEGER         -- of the last CONNECT; NULL before the first
) STRICT;

-- Shapes of records, stable over restarts; never changed, only added to.
CREATE TABLE schema(
  id INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  metric_group TEXT NOT NULL,
  lane INTEGER NOT NULL,
  columns BLOB NOT NULL  -- packed columns (sparkplug/packed_values.hpp)
) STRICT;

-- Boots of this board, with the clocks at the first record that came from each.
CREATE TABLE boot(
  id INTEGER PRIMARY KEY,
  boot_id TEXT NOT NULL,  -- the kernel's UUID
  boot_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  quality INTEGER NOT NULL
) STRICT;

-- Rows of each lane: 1, 2, 3, ... without holes, deleted from the front only. A gap stands for the rows
-- first..row_id that were given up; its body has the values of a gap and it has no schema.
-- Two tables and no index: what is written on every commit is the tail of each, nothing else.
CREATE TABLE lane_0(
  row_id INTEGER PRIMARY KEY,
  first INTEGER,           -- NULL: a record
  schema INTEGER,          -- NULL: a gap
  boot INTEGER NOT NULL,
  boot_ms INTEGER NOT NULL,  -- since boot, CLOCK_BOOTTIME
  wall_ms INTEGER NOT NULL,  -- since 1970 UTC, as believed then
  quality INTEGER NOT NULL,  -- of the wall time: 0 unset, 1 holdover, 2 synchronised
  body BLOB NOT NULL         -- packed values
) STRICT;
CREATE TABLE lane_1(
  row_id INTEGER PRIMARY KEY,
  first INTEGER,
  schema INTEGER,
  boot INTEGER NOT NULL,
  boot_ms INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  quality INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- Where each lane stands. One small page for everything that changes with every commit.
CREATE TABLE position(
  lane INTEGER NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('last', 'acknowledged', 'newest')),
  schema INTEGER NOT NULL,  -- of 'newest': the newest record of this schema; else 0
  row_id INTEGER NOT NULL,
  PRIMARY KEY (lane, what, schema)
) STRICT, WITHOUT ROWID;

-- Small durable memory of sources, written together with their records.
CREATE TABLE note(
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Records that were given up, counted by reason.
CREATE TABLE given_up(
  lane INTEGER NOT NULL,
  reason TEXT NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (lane, reason)
) STRICT, WITHOUT ROWID;

-- For people.
CREATE VIEW records AS
SELECT row.lane, row.row_id, coalesce(row.first, row.row_id) AS first,
       coalesce(schema.device, 'backlog') AS device, coalesce(schema.metric_group, 'Gap') AS metric_group,
       strftime('%Y-%m-%dT%H:%M:%fZ', row.wall_ms / 1000.0, 'unixepoch') AS wall_time,
       row.wall_ms, boot.boot_id, row.boot_ms, row.quality, row.body
FROM (SELECT 0 AS lane, * FROM lane_0 UNION ALL SELECT 1 AS lane, * FROM lane_1) AS row
LEFT JOIN schema ON schema.id = row.schema
LEFT JOIN boot ON boot.id = row.boot;

INSERT INTO position(lane, what, schema, row_id)
VALUES (0, 'last', 0, 0), (0, 'acknowledged', 0, 0), (1, 'last', 0, 0), (1, 'acknowledged', 0, 0);
