-- Version 7: measurements whose rows were removed ([records] keep_days). Marks, gaps and events stay: what was
-- taken once is never taken again.

-- Rows of a lane up to row_id have been looked at: those that were records are in removed_block.
CREATE TABLE removed_up_to(
  epoch  INTEGER NOT NULL REFERENCES epoch(id),
  lane   INTEGER NOT NULL,
  row_id INTEGER NOT NULL,
  PRIMARY KEY(epoch, lane)
) STRICT, WITHOUT ROWID;

-- What reports ask of such rows, each with its time as it was known when it was removed: the board was there
-- then, and what it measured of its line (gateway/store/removed_block.hpp).
CREATE TABLE removed_block(
  epoch       INTEGER NOT NULL REFERENCES epoch(id),
  lane        INTEGER NOT NULL,
  last        INTEGER NOT NULL,             -- row_id; the rows of one block are above those of the one before
  records     INTEGER NOT NULL,
  earliest_ms INTEGER NOT NULL,             -- of the times of its records
  latest_ms   INTEGER NOT NULL,
  body        BLOB NOT NULL,
  PRIMARY KEY(epoch, lane, last)
) STRICT;

-- Hours of removed rows. An hour of a board is this and rollup_hour together; rollup_day is of both.
CREATE TABLE rollup_kept(
  node     INTEGER NOT NULL REFERENCES node(id),
  hour     INTEGER NOT NULL,
  series   INTEGER NOT NULL REFERENCES rollup_series(id),
  count    INTEGER NOT NULL,
  sum      REAL NOT NULL,
  least    REAL NOT NULL,
  greatest REAL NOT NULL,
  sketch   BLOB NOT NULL,
  PRIMARY KEY(node, hour, series)
) STRICT, WITHOUT ROWID;

-- When a gap began and ended: the times of removed rows beside it.
CREATE TABLE gap_edge(
  epoch   INTEGER NOT NULL REFERENCES epoch(id),
  lane    INTEGER NOT NULL,
  row_id  INTEGER NOT NULL,
  wall_ms INTEGER NOT NULL,
  PRIMARY KEY(epoch, lane, row_id)
) STRICT, WITHOUT ROWID;

-- The times by a clock (quality 1 or 2) of each 512 rows of a lane, kept in the transaction that brings them:
-- where to look for a period's records. Clocks are wrong now and then, so rows are not in the order of times.
CREATE TABLE record_span(
  epoch       INTEGER NOT NULL REFERENCES epoch(id),
  lane        INTEGER NOT NULL,
  part        INTEGER NOT NULL,             -- row_id / 512
  earliest_ms INTEGER NOT NULL,
  latest_ms   INTEGER NOT NULL,
  PRIMARY KEY(epoch, lane, part)
) STRICT, WITHOUT ROWID;
INSERT INTO record_span(epoch, lane, part, earliest_ms, latest_ms)
SELECT epoch, lane, row_id / 512, min(wall_ms), max(wall_ms) FROM record WHERE first IS NULL AND quality > 0
GROUP BY epoch, lane, row_id / 512;
