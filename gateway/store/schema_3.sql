-- Version 3 of the store: rows that it once acknowledged and no longer has.

-- A board's birth says which rows it believes to be safe. Where that is above our mark, rows first..last
-- were acknowledged and are not here: this store was put back from an older copy, or another gateway took
-- them. The board is asked for them. Those that it no longer holds arrive as gaps and are gone for good.
CREATE TABLE recovery(
  id      INTEGER PRIMARY KEY,
  epoch   INTEGER NOT NULL REFERENCES epoch(id),
  lane    INTEGER NOT NULL,
  first   INTEGER NOT NULL,
  last    INTEGER NOT NULL,
  found_ms   INTEGER NOT NULL,
  settled_ms INTEGER                          -- the mark reached last; NULL: the board is still sending
) STRICT;
CREATE UNIQUE INDEX recovery_open ON recovery(epoch, lane) WHERE settled_ms IS NULL;

-- Gaps are few among many records, and people ask for them.
CREATE INDEX gap ON record(epoch, lane, row_id) WHERE first IS NOT NULL;
