/** Rules and silences; what an alert has to remember of its rule. */
export const rules = `
-- Rules that a person wrote; the built-in ones are here only where they were changed.
CREATE TABLE rule (
  name    TEXT PRIMARY KEY,
  rule    TEXT NOT NULL,     -- JSON, with its defaults filled in
  changed INTEGER NOT NULL,
  source  TEXT NOT NULL      -- hand (by the API), file (rules.json)
) WITHOUT ROWID;

-- What was last read from rules.json, and what has been written by hand since; one row.
CREATE TABLE rule_import (
  one    INTEGER PRIMARY KEY CHECK (one = 1),
  digest TEXT,               -- of the file; NULL: never read
  hand   INTEGER             -- last change by hand since then; NULL: none
);
INSERT INTO rule_import VALUES (1, NULL, NULL);

-- Who is not told of what for a while. NULL: any room, any rule.
CREATE TABLE silence (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  room    TEXT,
  rule    TEXT,
  "from"  INTEGER NOT NULL,
  until   INTEGER NOT NULL,
  comment TEXT NOT NULL
);
`
