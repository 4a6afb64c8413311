/** Secrets and columns for notifications. */
export const notify = `
-- Random keys by name, made when they are first needed.
CREATE TABLE secret (
  name  TEXT PRIMARY KEY,
  value BLOB NOT NULL
) WITHOUT ROWID;

ALTER TABLE notification ADD COLUMN held INTEGER;  -- until when quiet hours hold it back, or did
ALTER TABLE notification ADD COLUMN ended INTEGER; -- when it was given up
CREATE INDEX notification_message ON notification (message) WHERE message IS NOT NULL;
CREATE INDEX notification_sent ON notification (channel, sent) WHERE sent IS NOT NULL;
`
