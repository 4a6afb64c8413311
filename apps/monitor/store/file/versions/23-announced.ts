/** Topics that were announced to Home Assistant: they are retained, and must be taken back some day. */
export const announced = `
CREATE TABLE announced (topic TEXT PRIMARY KEY) WITHOUT ROWID, STRICT;
`
