-- The gateway's store, version 2: what of a node was not taken in, and why, so that it is seen.

-- Sums since the node was first heard of. Nodes without a row never were beyond a limit.
CREATE TABLE curbed(
  node      INTEGER PRIMARY KEY REFERENCES node(id),
  limited   INTEGER NOT NULL,               -- messages beyond its limits, dropped unread
  refused   INTEGER NOT NULL,               -- records without room; not acknowledged, so they come again
  lost      INTEGER NOT NULL,               -- values, births and deaths without room
  set_aside INTEGER NOT NULL,               -- unusable messages; not all of them are kept
  last_ms   INTEGER NOT NULL,
  reason    TEXT NOT NULL                   -- of the last one
) STRICT;

-- Nodes that are not known are summed in `counter`: strangers_limited, strangers_set_aside.
