/** The topics that each device claims, and the rows that wait for a person. */
export const claims = `
-- setup: the access list names its rooms; person: a person has confirmed its room; revoked: its login was removed; NULL: nothing of these.
ALTER TABLE device ADD COLUMN standing TEXT;
-- JSON: the topics that its info claims, each with the time of the claim.
ALTER TABLE device ADD COLUMN claims TEXT;

-- Values of a record in rooms that are not the device's: the first number, so that the row is requested again once a person allows it.
CREATE TABLE aside (
  device TEXT NOT NULL,
  epoch  TEXT NOT NULL,
  place  TEXT NOT NULL,      -- room/quantity
  first  INTEGER NOT NULL,
  count  INTEGER NOT NULL,
  PRIMARY KEY (device, epoch, place)
) WITHOUT ROWID;
`
