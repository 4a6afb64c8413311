/** Progress of the devices' rows, gaps, refused values, and the time up to which rules were evaluated. */
export const record = `
-- How far the record of each device is kept, by epoch. Every number up to kept is a reading, refused or in a gap.
CREATE TABLE epoch (
  device TEXT NOT NULL,
  epoch  TEXT NOT NULL,
  kept   INTEGER NOT NULL,
  begun  INTEGER NOT NULL,   -- 1: a row was received; what is missing before the first one is history
  heard  INTEGER NOT NULL,   -- when the last row came
  skew   INTEGER NOT NULL,   -- the device's clock less ours, in ms
  PRIMARY KEY (device, epoch)
) WITHOUT ROWID;

-- Numbers that nobody holds any more.
CREATE TABLE gap (
  id      INTEGER PRIMARY KEY,
  device  TEXT NOT NULL,
  epoch   TEXT NOT NULL,
  first   INTEGER NOT NULL,
  last    INTEGER NOT NULL,
  noticed INTEGER NOT NULL
);
CREATE INDEX gap_device ON gap (device, epoch, first);

-- Values of the record that cannot be stored (out of range, no name, an impossible time). They are covered all the same.
CREATE TABLE refused (
  device TEXT NOT NULL,
  epoch  TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  key    TEXT NOT NULL,
  fault  TEXT NOT NULL,
  PRIMARY KEY (device, epoch, seq, key)
) WITHOUT ROWID;

-- Up to when each series has been judged: what the record brings later is judged only where that is new.
CREATE TABLE judged (
  subject TEXT PRIMARY KEY,
  at      INTEGER NOT NULL
) WITHOUT ROWID;

-- 1: nothing vouched for the device's clock.
ALTER TABLE reading ADD COLUMN unsure INTEGER;
-- 1: noticed only when the record came, long after.
ALTER TABLE alert ADD COLUMN late INTEGER;
CREATE INDEX alert_subject ON alert (rule, subject, fired);
`
