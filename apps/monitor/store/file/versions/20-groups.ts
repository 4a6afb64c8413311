/** The group of a room, such as a floor. */
export const groups = `
-- The heading under which home shows the room; NULL: none.
ALTER TABLE label ADD COLUMN "group" TEXT;
`
