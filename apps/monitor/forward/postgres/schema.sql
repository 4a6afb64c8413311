-- The readings, alerts, gaps and devices of many sites. Made and brought in line by each monitor at its start.
-- Times are timestamps with zone. `site` is the setting SITE of a monitor.
CREATE SCHEMA IF NOT EXISTS hearthwatch;

CREATE TABLE IF NOT EXISTS hearthwatch.version (id int PRIMARY KEY CHECK (id = 1), version int NOT NULL);
INSERT INTO hearthwatch.version VALUES (1, 1) ON CONFLICT DO NOTHING;

-- How far each monitor has been copied. `instance` is its database, `seq` the last number of its feed.
CREATE TABLE IF NOT EXISTS hearthwatch.site (
  site     text PRIMARY KEY,
  instance text NOT NULL,
  seq      bigint NOT NULL DEFAULT 0,
  complete boolean NOT NULL DEFAULT false,
  updated  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS hearthwatch.series (
  id       int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  site     text NOT NULL,
  room     text NOT NULL,
  quantity text NOT NULL,
  device   text NOT NULL,              -- '' where no device is known
  UNIQUE (site, room, quantity, device)
);

CREATE TABLE IF NOT EXISTS hearthwatch.alert (
  site text NOT NULL, instance text NOT NULL, id bigint NOT NULL, rule text NOT NULL, room text, device text, quantity text, state text NOT NULL,
  severity text NOT NULL, value double precision, started timestamptz, fired timestamptz, resolved timestamptz, acknowledged timestamptz,
  detail jsonb NOT NULL,               -- the whole alert, as the monitor has it
  PRIMARY KEY (site, instance, id)
);

CREATE TABLE IF NOT EXISTS hearthwatch.gap (
  site text NOT NULL, device text NOT NULL, epoch text NOT NULL, first bigint NOT NULL, last bigint NOT NULL, lost bigint NOT NULL,
  noticed timestamptz NOT NULL,
  PRIMARY KEY (site, device, epoch, first)
);

-- How far the outbox of each device is stored, for a monitor that starts without a database.
CREATE TABLE IF NOT EXISTS hearthwatch.epoch (
  site text NOT NULL, device text NOT NULL, epoch text NOT NULL, kept bigint NOT NULL, begun int NOT NULL, heard bigint NOT NULL,
  skew bigint NOT NULL,
  PRIMARY KEY (site, device, epoch)
);

CREATE TABLE IF NOT EXISTS hearthwatch.device (
  site text NOT NULL, key text NOT NULL, room text, info jsonb, described jsonb,
  PRIMARY KEY (site, key)
);
-- Its standing, claims and rhythm, for a monitor that starts without a database; null: of a monitor that did not send them.
ALTER TABLE hearthwatch.device ADD COLUMN IF NOT EXISTS detail jsonb;

-- Rules, silences and names of rooms, whole.
CREATE TABLE IF NOT EXISTS hearthwatch.state (site text NOT NULL, name text NOT NULL, rows jsonb NOT NULL, PRIMARY KEY (site, name));
