/** Channels made on the page. */
export const channels = `
-- Channels that people made on the page, beside those of the settings.
CREATE TABLE channel (
  name   TEXT PRIMARY KEY,
  kind   TEXT NOT NULL,
  fields TEXT NOT NULL,  -- JSON: the values of its form by field, secrets included
  muted  INTEGER         -- ms: since when it gets no messages; NULL: it gets them
) WITHOUT ROWID;
`
