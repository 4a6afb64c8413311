/** Devices of others, and what describes them. */
export const foreign = `
-- JSON: adapter, name, maker and the like of a device that is not ours; NULL: one of ours.
ALTER TABLE device ADD COLUMN described TEXT;
-- Announcements, which some programs publish once and unretained.
CREATE TABLE announcement (topic TEXT PRIMARY KEY, payload TEXT NOT NULL) WITHOUT ROWID, STRICT;
`
