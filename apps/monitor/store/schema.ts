/**
 * The database, version by version; `PRAGMA user_version` says how many of these have been applied. Never change a
 * version that has been released: add the next one.
 */
export const versions: readonly string[] = [
  `
  -- A series is what one device (NULL: nobody knows which) measures of one quantity in one room.
  CREATE TABLE series (
    id       INTEGER PRIMARY KEY,
    room     TEXT NOT NULL,
    quantity TEXT NOT NULL,
    device   TEXT
  );
  CREATE UNIQUE INDEX series_name ON series (room, quantity, ifnull(device, ''));

  -- Clustered by (series, time): 23 bytes a row, and a repeat is found for free. Times in ms since the epoch, UTC.
  CREATE TABLE reading (
    series INTEGER NOT NULL REFERENCES series,
    time   INTEGER NOT NULL,
    value  REAL NOT NULL,
    late   INTEGER,            -- 1: came too late to be judged as "now"
    PRIMARY KEY (series, time)
  ) WITHOUT ROWID;

  CREATE VIEW readings AS
    SELECT room, quantity, device, time, value FROM reading JOIN series ON series.id = reading.series;

  -- Who reports. A sensor that never says its id is known by its room: key '/' || room, id NULL.
  CREATE TABLE device (
    key       TEXT PRIMARY KEY,
    id        TEXT,
    room      TEXT,
    status    TEXT NOT NULL,   -- as shown: online, offline, unknown
    seen      INTEGER,         -- last sign of life; NULL: never seen fresh, so never missed
    beats     INTEGER NOT NULL DEFAULT 0, -- 1: has sent a heartbeat
    usual     REAL,            -- usual time between two signs of life, in ms
    signs     INTEGER NOT NULL DEFAULT 0,
    info      TEXT,            -- its last info and heartbeat, as JSON
    heartbeat TEXT
  ) WITHOUT ROWID;

  -- Open alerts are the state of the alert machines; resolved ones are history. subject: what the rule is about.
  CREATE TABLE alert (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    rule         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    room         TEXT,
    device       TEXT,
    quantity     TEXT,
    state        TEXT NOT NULL,
    severity     TEXT NOT NULL,
    value        REAL,
    bound        REAL,         -- the limit in force when it started
    text         TEXT,         -- what a foreign sensor said
    started      INTEGER NOT NULL,
    fired        INTEGER,
    resolved     INTEGER,
    acknowledged INTEGER,
    due          INTEGER       -- when the state changes by itself
  );
  CREATE UNIQUE INDEX alert_open ON alert (rule, subject) WHERE state <> 'resolved';
  CREATE INDEX alert_started ON alert (started);

  CREATE VIEW alert_log AS
    SELECT id, rule, room, device, quantity, state, started, fired, resolved, acknowledged FROM alert;

  -- One row per thing to tell and person to tell it to. 'event' is unique: nothing is told twice.
  CREATE TABLE notification (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    event      TEXT NOT NULL UNIQUE,
    channel    TEXT NOT NULL,
    recipient  TEXT NOT NULL,
    severity   TEXT NOT NULL,
    content    TEXT NOT NULL,  -- JSON: what is told, as it was then
    state      TEXT NOT NULL DEFAULT 'pending', -- pending, sending, sent, dead
    message    TEXT,           -- id of the message, given at the first try and kept; rows that go out together share it
    subject    TEXT,
    attempts   INTEGER NOT NULL DEFAULT 0,
    created    INTEGER NOT NULL,
    next       INTEGER NOT NULL, -- not before this time
    tried      INTEGER,        -- first try of its message
    sent       INTEGER,
    error      TEXT
  );
  CREATE INDEX notification_state ON notification (state, channel);

  CREATE TABLE session (
    hash    BLOB PRIMARY KEY,  -- SHA-256 of the cookie's token
    expires INTEGER NOT NULL
  ) WITHOUT ROWID;
  `,
  `
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
  `,
  `
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
  `,
]
