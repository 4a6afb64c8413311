/** Bounds on the progress of a device: gaps that are merged, and no table of refused values. */
export const bounded = `
-- A value that was refused is refused again when its row is sent again: nothing need be kept of it.
DROP TABLE refused;
-- Rows lost between first and last; NULL: all of them. A device with too many gaps has its newest ones merged.
ALTER TABLE gap ADD COLUMN lost INTEGER;
`
