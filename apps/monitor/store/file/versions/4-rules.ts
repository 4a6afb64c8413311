/** Rules and silences; columns of an alert for its rule. */
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
  stamp  REAL,               -- its time stamp
  hand   INTEGER             -- last change by hand since then; NULL: none
);
INSERT INTO rule_import VALUES (1, NULL, NULL, NULL);

-- Who is not told of what for a while. NULL: any room, any rule.
CREATE TABLE silence (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  room    TEXT,
  rule    TEXT,
  "from"  INTEGER NOT NULL,
  until   INTEGER NOT NULL,
  comment TEXT NOT NULL
);

-- What an alert keeps of its rule, and whom it has been told.
ALTER TABLE alert ADD COLUMN condition TEXT NOT NULL DEFAULT 'above';
ALTER TABLE alert ADD COLUMN window INTEGER;      -- ms: within which it rose or fell by so much
ALTER TABLE alert ADD COLUMN message TEXT;        -- JSON: the rule's own words by language
ALTER TABLE alert ADD COLUMN channels TEXT NOT NULL DEFAULT '[]'; -- JSON: names; none: all of them
ALTER TABLE alert ADD COLUMN told INTEGER;        -- last time that people were told it is on; NULL: never
ALTER TABLE alert ADD COLUMN tellings INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert ADD COLUMN silenced INTEGER;    -- until when nobody is told of it
ALTER TABLE alert ADD COLUMN inhibited TEXT;      -- the rule whose alert explains this one
ALTER TABLE alert ADD COLUMN well INTEGER;        -- since when it has been recovering
ALTER TABLE alert ADD COLUMN no_data INTEGER NOT NULL DEFAULT 0; -- 1: on because readings stay away
UPDATE alert SET condition = rule WHERE rule IN ('offline', 'message');
UPDATE alert SET told = fired, tellings = 1 WHERE fired IS NOT NULL;

-- How often the readings of a series come: what is silent is known by it.
ALTER TABLE judged ADD COLUMN usual REAL;         -- ms
ALTER TABLE judged ADD COLUMN signs INTEGER NOT NULL DEFAULT 0;

-- What rises or falls is judged by what it was before: the few readings that this takes, per rule and series.
CREATE TABLE slope (
  rule    TEXT NOT NULL,
  subject TEXT NOT NULL,
  rises   INTEGER NOT NULL,  -- 0: it falls
  points  TEXT NOT NULL,     -- JSON: [[time, value], …]
  PRIMARY KEY (rule, subject)
) WITHOUT ROWID;
`
