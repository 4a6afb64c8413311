/** Notes of people on charts. */
export const notes = `
-- A remark of a person about a room at a time, such as: window open all day.
CREATE TABLE note (
  id   INTEGER PRIMARY KEY,
  room TEXT NOT NULL,
  time INTEGER NOT NULL,   -- ms
  text TEXT NOT NULL
);
CREATE INDEX note_of_room ON note (room, time);
`
