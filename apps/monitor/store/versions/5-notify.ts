/** What telling people needs beside the rows. */
export const notify = `
-- Nothing yet.
`
