-- The gateway's store, version 5: outboxes that were salvaged into others.

-- Rows of the lane up to `last` are the same rows under both epochs: a damaged outbox was replaced by one
-- that counts on where it stopped. Who is held under the one is held under the other.
CREATE TABLE continuation(
  epoch       INTEGER NOT NULL REFERENCES epoch(id),
  predecessor INTEGER NOT NULL REFERENCES epoch(id),
  lane        INTEGER NOT NULL,
  last        INTEGER NOT NULL,
  PRIMARY KEY(epoch, predecessor, lane)
) STRICT, WITHOUT ROWID;
