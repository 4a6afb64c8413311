/** What people have set on the page. */
export const page = `
-- Nothing yet.
`
