/** The flag of a clean shutdown. */
export const opened = `
-- 1: in use, or it was when its monitor died or this copy was made; then its log belongs to it.
CREATE TABLE opened (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  open INTEGER NOT NULL
);
INSERT INTO opened VALUES (1, 0);
`
