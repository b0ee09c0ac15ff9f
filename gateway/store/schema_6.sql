-- Version 6: hours and days of each board's metrics (gateway/meaning/rollup.hpp). All of it can be made anew
-- from `record`; it is written beside the gateway's own work and never by it.

-- Rows of an outbox up to row_id are in the rollups. What is above it is to be rolled up, so that a commit
-- has nothing more to write, and a crash loses nothing but the work.
CREATE TABLE rolled_up(
  epoch  INTEGER NOT NULL REFERENCES epoch(id),
  lane   INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  PRIMARY KEY(epoch, lane)
) STRICT, WITHOUT ROWID;

CREATE TABLE rollup_series(
  id     INTEGER PRIMARY KEY,
  device TEXT NOT NULL,
  metric TEXT NOT NULL,                     -- "Ping/anchor/RTT mean"
  unit   TEXT NOT NULL,
  UNIQUE(device, metric, unit)
) STRICT;

CREATE TABLE rollup_hour(
  node     INTEGER NOT NULL REFERENCES node(id),
  hour     INTEGER NOT NULL,                -- since 1970-01-01 UTC
  series   INTEGER NOT NULL REFERENCES rollup_series(id),
  count    INTEGER NOT NULL,                -- measurements
  sum      REAL NOT NULL,
  least    REAL NOT NULL,
  greatest REAL NOT NULL,
  sketch   BLOB NOT NULL,                   -- gateway/meaning/quantile_sketch.hpp
  PRIMARY KEY(node, hour, series)
) STRICT, WITHOUT ROWID;

-- Sums of the hours of a day of Vietnam (UTC+7).
CREATE TABLE rollup_day(
  node     INTEGER NOT NULL REFERENCES node(id),
  day      INTEGER NOT NULL,                -- since 1970-01-01
  series   INTEGER NOT NULL REFERENCES rollup_series(id),
  count    INTEGER NOT NULL,
  sum      REAL NOT NULL,
  least    REAL NOT NULL,
  greatest REAL NOT NULL,
  sketch   BLOB NOT NULL,
  PRIMARY KEY(node, day, series)
) STRICT, WITHOUT ROWID;

-- Which boots have records in which hour: when a board states later when a boot was, its records move.
CREATE TABLE rollup_boot(
  node INTEGER NOT NULL REFERENCES node(id),
  boot INTEGER NOT NULL REFERENCES boot(id),
  hour INTEGER NOT NULL,
  PRIMARY KEY(node, boot, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX rollup_boot_of_hour ON rollup_boot(node, hour);

-- Grows with each change of the rollups: two programs that make them at one time find each other out.
INSERT OR IGNORE INTO counter(name, value) VALUES('rollup_generation', 0);
