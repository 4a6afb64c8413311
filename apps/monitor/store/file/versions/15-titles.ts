/** The title of the rule of an alert. */
export const titles = `
-- The title that a person had given the rule; NULL: none. Kept here, since the rule may be gone when the alert is shown.
ALTER TABLE alert ADD COLUMN title TEXT;
`
