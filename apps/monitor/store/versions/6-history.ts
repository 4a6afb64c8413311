/** Rollups and the archive. */
export const history = `
-- Nothing yet.
`
