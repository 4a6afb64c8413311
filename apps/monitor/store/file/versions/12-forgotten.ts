/** Rooms that people forget. */
export const forgotten = `
-- When a person forgot its room, ms: it is not shown any more. Its next reading sets this to NULL.
ALTER TABLE series ADD COLUMN forgotten INTEGER;
`
