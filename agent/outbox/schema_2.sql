-- From format 1 to format 2: the outbox is bounded.

-- 'sent': rows of a lane up to here may have left the board; what lies above it never did. Only such rows
-- may be thinned: a summary of rows that the gateway has already would count them twice.
CREATE TABLE position_2(
  lane INTEGER NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('last', 'acknowledged', 'newest', 'sent')),
  schema INTEGER NOT NULL,  -- of 'newest': the newest record of this schema; else 0
  row_id INTEGER NOT NULL,
  PRIMARY KEY (lane, what, schema)
) STRICT, WITHOUT ROWID;
INSERT INTO position_2 SELECT lane, what, schema, row_id FROM position;
-- Nobody noted it in format 1, so all of them may have.
INSERT INTO position_2 SELECT lane, 'sent', 0, row_id FROM position WHERE what = 'last';
DROP TABLE position;
ALTER TABLE position_2 RENAME TO position;
