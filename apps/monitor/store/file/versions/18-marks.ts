/** Marks of the house as a whole. */
export const marks = `
-- Facts about this house that are only true or not, by name: the checklist was put away, another machine has shown the page.
CREATE TABLE mark (
  name TEXT PRIMARY KEY
) WITHOUT ROWID;
`
