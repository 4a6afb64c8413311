/** The peak of an alert, and its messages. */
export const peaks = `
-- The value that was furthest beyond the limit; NULL: no level was crossed, or the row is older than this column.
ALTER TABLE alert ADD COLUMN peak REAL;
-- Finds the first message about an alert, which later ones answer.
CREATE INDEX notification_alert ON notification (content ->> '$.alert.id') WHERE message IS NOT NULL;
`
