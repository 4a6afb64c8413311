/** Settings made on the page. */
export const page = `
-- How a room is shown, beside its name in MQTT.
CREATE TABLE label (
  room     TEXT PRIMARY KEY,
  name     TEXT,             -- what people call it; NULL: as in MQTT
  icon     TEXT,
  position INTEGER           -- rooms with one come first, the smallest before the others
) WITHOUT ROWID;

-- The password of the page as of the last start, salted and hashed: by it a start sees that there is another one now.
CREATE TABLE password (
  id   INTEGER PRIMARY KEY CHECK (id = 1),
  salt BLOB NOT NULL,
  hash BLOB NOT NULL
);
`
