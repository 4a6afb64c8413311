/** Alerts that did not end by themselves. */
export const ended = `
-- Why the alert ended although its condition was not over: 'rule-off', 'rule-removed', 'rule-changed', 'forgotten' or 'moved'.
ALTER TABLE alert ADD COLUMN ended TEXT;
`
