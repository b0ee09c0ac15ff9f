-- Version 4: when the boots of boards were, and how many records rest on it (design, section 6).
--
-- Boards have no battery clock. A record's time since boot is always right; offsets tell when that boot began
-- (true time minus time since boot, ms). Drift between a statement and a record: 200 parts in a million
-- (kDriftPerMillion of sparkplug/boot_clock.hpp).

-- What boards stated (device "board", group "Boot Clock"), each as of a moment of the boot.
CREATE TABLE boot_clock(
  node        INTEGER NOT NULL REFERENCES node(id),
  boot        INTEGER NOT NULL REFERENCES boot(id),
  at_ms       INTEGER NOT NULL,             -- since that boot
  offset_ms   INTEGER NOT NULL,             -- best estimate
  earliest_ms INTEGER NOT NULL,
  latest_ms   INTEGER,                      -- NULL: no upper bound was known
  quality     INTEGER NOT NULL,             -- 2 by the kernel, 1 by the gateway's time, 0 by its neighbours
  PRIMARY KEY(node, boot, at_ms)
) STRICT, WITHOUT ROWID;

-- Records by boot and by the quality they came with, kept in the transaction that brings them.
CREATE TABLE boot_use(
  epoch           INTEGER NOT NULL REFERENCES epoch(id),
  boot            INTEGER NOT NULL REFERENCES boot(id),
  unset           INTEGER NOT NULL,
  holdover        INTEGER NOT NULL,
  synchronised    INTEGER NOT NULL,
  heard_offset_ms INTEGER,                  -- upper bound: time of reception minus time since boot, where the
                                            -- gateway's own clock was synchronised; the least of all
  heard_at_ms     INTEGER,                  -- time since boot of the record that gave it
  PRIMARY KEY(epoch, boot)
) STRICT, WITHOUT ROWID;
INSERT INTO boot_use(epoch, boot, unset, holdover, synchronised)
SELECT epoch, boot, sum(quality = 0), sum(quality = 1), sum(quality = 2) FROM record WHERE first IS NULL
GROUP BY epoch, boot;

-- The time of each record as it is known now, for people and for reports: it lies between earliest_ms and
-- latest_ms (NULL: no bound). quality as it is now, stamped as it came: 0 within bounds only, 1 the clock ran
-- free but the boot is tied to true time, 2 synchronised when the record was taken.
-- The 1001 ms: time since boot comes through the wire to a second (sparkplug/backlog_set.hpp); where a bound
-- was found by another record, twice that.
CREATE VIEW record_time AS
WITH near AS (
  SELECT r.epoch, r.lane, r.row_id, r.boot, r.boot_ms, r.wall_ms, r.quality AS stamped,
         b.earliest_ms - (r.boot_ms - b.at_ms) / 5000 - 1001 AS e1,
         b.latest_ms + (r.boot_ms - b.at_ms) / 5000 + 1001 AS l1,
         a.earliest_ms - (a.at_ms - r.boot_ms) / 5000 - 1001 AS e2,
         a.latest_ms + (a.at_ms - r.boot_ms) / 5000 + 1001 AS l2,
         u.heard_offset_ms + abs(r.boot_ms - u.heard_at_ms) / 5000 + 2002 AS heard,
         CASE WHEN a.quality > 0 AND (coalesce(b.quality, 0) = 0 OR a.at_ms - r.boot_ms < r.boot_ms - b.at_ms)
              THEN a.offset_ms
              WHEN b.quality > 0 THEN b.offset_ms
         END AS tied
  FROM record AS r
  JOIN epoch AS e ON e.id = r.epoch
  LEFT JOIN boot_use AS u ON u.epoch = r.epoch AND u.boot = r.boot
  LEFT JOIN boot_clock AS b ON b.node = e.node AND b.boot = r.boot AND b.at_ms =
    (SELECT max(at_ms) FROM boot_clock WHERE node = e.node AND boot = r.boot AND at_ms <= r.boot_ms)
  LEFT JOIN boot_clock AS a ON a.node = e.node AND a.boot = r.boot AND a.at_ms =
    (SELECT min(at_ms) FROM boot_clock WHERE node = e.node AND boot = r.boot AND at_ms > r.boot_ms)
), bounds AS (
  SELECT *, max(coalesce(e1, e2), coalesce(e2, e1)) AS earliest,
         min(coalesce(l1, l2, heard), coalesce(l2, l1, heard), coalesce(heard, l1, l2)) AS latest
  FROM near
), settled AS (
  -- Two statements that contradict each other: the one before counts, as it did when the record was taken.
  SELECT epoch, lane, row_id, wall_ms, boot_ms, stamped, tied,
         CASE WHEN stamped = 2 THEN wall_ms - 3000
              WHEN earliest > latest THEN boot_ms + coalesce(e1, e2) ELSE boot_ms + earliest END AS earliest_ms,
         CASE WHEN stamped = 2 THEN wall_ms + 3000
              WHEN earliest > latest THEN boot_ms + coalesce(l1, l2, heard) ELSE boot_ms + latest
         END AS latest_ms
  FROM bounds
)
SELECT epoch, lane, row_id,
       max(coalesce(earliest_ms, -9000000000000000),
           min(coalesce(latest_ms, 9000000000000000),
               CASE WHEN stamped = 0 AND tied IS NOT NULL THEN boot_ms + tied ELSE wall_ms END)) AS time_ms,
       earliest_ms, latest_ms,
       CASE WHEN stamped = 0 AND tied IS NOT NULL THEN 1 ELSE stamped END AS quality, stamped
FROM settled;
