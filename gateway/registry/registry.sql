-- The registry's file, version 1. Rows are never changed: each import is a version, and a row holds from the
-- version that brought it until the one that replaced or removed it, so that a report can say which version
-- it used and be made again.
CREATE TABLE version(
  id          INTEGER PRIMARY KEY,          -- 1, 2, 3, ...
  imported_ms INTEGER NOT NULL,             -- milliseconds since 1970-01-01 UTC
  files       TEXT NOT NULL,                -- JSON: [{"name", "table", "sha256", "rows"}]
  added       INTEGER NOT NULL,
  changed     INTEGER NOT NULL,
  removed     INTEGER NOT NULL
) STRICT;

CREATE TABLE entry(
  tbl    TEXT NOT NULL,                     -- communes, zones, villages, sites, lines, calendar, ...
  key    TEXT NOT NULL,                     -- the key's fields
  since  INTEGER NOT NULL REFERENCES version(id),
  until  INTEGER REFERENCES version(id),    -- NULL: still holds
  fields TEXT NOT NULL,                     -- JSON: column name → text; empty ones left out
  PRIMARY KEY(tbl, key, since)
) STRICT, WITHOUT ROWID;
