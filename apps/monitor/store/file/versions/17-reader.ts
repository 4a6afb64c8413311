/** A second password of the page. */
export const reader = `
-- The passwords of the page as of the last start: 1 is the owner's, 2 the readers'.
ALTER TABLE password RENAME TO password_before;
CREATE TABLE password (
  id   INTEGER PRIMARY KEY CHECK (id IN (1, 2)),
  salt BLOB NOT NULL,
  hash BLOB NOT NULL
);
INSERT INTO password SELECT id, salt, hash FROM password_before;
DROP TABLE password_before;
`
