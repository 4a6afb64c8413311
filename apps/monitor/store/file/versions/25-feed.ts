/** The changes that wait to be forwarded to a database of many sites, one row a commit. Empty without FORWARD_URL. */
export const feed = `
CREATE TABLE feed (
  seq   INTEGER PRIMARY KEY AUTOINCREMENT,
  entry TEXT NOT NULL
) STRICT;

CREATE TABLE forward (
  id       INTEGER PRIMARY KEY CHECK (id = 1),
  instance TEXT NOT NULL,             -- this database among those of the site, present and former
  rebuild  INTEGER                    -- the series up to which a rebuild has come, by id; NULL: none is due
) STRICT;

-- Rows of this epoch up to this number were stored by a former monitor of the site, and are not in this database.
ALTER TABLE epoch ADD COLUMN elsewhere INTEGER NOT NULL DEFAULT 0;
`
