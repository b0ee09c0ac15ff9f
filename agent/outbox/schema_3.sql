-- From format 2 to format 3: damage is seen, and outlived.

-- A checksum over all of the row (agent/outbox/row_seal.hpp). SQLite notices broken pages, not a value that
-- changed within one. NULL: rows of older formats.
ALTER TABLE lane_0 ADD COLUMN seal INTEGER;
ALTER TABLE lane_1 ADD COLUMN seal INTEGER;
-- A shape that changed would give other names to all its records.
ALTER TABLE schema ADD COLUMN seal INTEGER;

-- The outboxes that this one was salvaged from, which counted as this one goes on counting: rows up to
-- last_0 and last_1 are the same rows there and here.
CREATE TABLE predecessor(
  id INTEGER PRIMARY KEY,
  epoch TEXT NOT NULL,
  last_0 INTEGER NOT NULL,
  last_1 INTEGER NOT NULL
) STRICT;
