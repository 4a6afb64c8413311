/** Desired settings and commands. */
export const orders = `
-- The settings that a device should have, and what it said to them.
CREATE TABLE wanted (
  device   TEXT PRIMARY KEY,
  id       TEXT NOT NULL,
  settings TEXT NOT NULL,    -- JSON; all of them: what is left out is as the device's own file has it
  since    INTEGER NOT NULL,
  answered INTEGER,          -- when it answered; NULL: not yet
  ok       INTEGER,
  error    TEXT
) WITHOUT ROWID;

-- What a device was told to do.
CREATE TABLE command (
  number   INTEGER PRIMARY KEY AUTOINCREMENT,
  device   TEXT NOT NULL,
  id       TEXT NOT NULL,
  action   TEXT NOT NULL,
  created  INTEGER NOT NULL,
  sent     INTEGER,          -- when the broker had it
  answered INTEGER,
  ok       INTEGER,
  error    TEXT
);
CREATE UNIQUE INDEX command_id ON command (device, id);
`
