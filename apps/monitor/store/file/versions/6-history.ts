/** Rollups and the archive. */
export const history = `
-- What the readings of five minutes and of an hour come to. bucket: its start, a multiple of its width, ms. Kept when the
-- readings themselves are deleted.
CREATE TABLE rollup_5m (
  series INTEGER NOT NULL REFERENCES series,
  bucket INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  sum    REAL NOT NULL,
  min    REAL NOT NULL,
  max    REAL NOT NULL,
  PRIMARY KEY (series, bucket)
) WITHOUT ROWID;
CREATE TABLE rollup_1h (
  series INTEGER NOT NULL REFERENCES series,
  bucket INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  sum    REAL NOT NULL,
  min    REAL NOT NULL,
  max    REAL NOT NULL,
  PRIMARY KEY (series, bucket)
) WITHOUT ROWID;

-- Readings that have been folded, at most a UTC day in one. Those of one series never overlap; what comes late into their
-- time waits in reading. A rowid table: more than 1 KB a row overflows in the others. An id is never given twice, so that
-- what another program has unpacked of it stays true.
CREATE TABLE block (
  id     INTEGER PRIMARY KEY AUTOINCREMENT,
  series INTEGER NOT NULL REFERENCES series,
  first  INTEGER NOT NULL,   -- times of its first and last reading
  last   INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  value  REAL NOT NULL,      -- of the last one
  data   BLOB NOT NULL
);
CREATE UNIQUE INDEX block_span ON block (series, first, last, count);

-- Readings older than this have been deleted: of what was before only the rollups are left.
ALTER TABLE series ADD COLUMN swept INTEGER;
-- From here on the rollups still have to be made from the readings; NULL: they are complete.
ALTER TABLE series ADD COLUMN rolled INTEGER;
UPDATE series SET rolled = 0;
`
