/** Rules and silences; what an alert has to remember of its rule. */
export const rules = `
-- Nothing yet.
`
