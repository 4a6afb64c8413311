/** Series and readings, devices, alerts, notifications, logins. */
export const house = `
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
`
