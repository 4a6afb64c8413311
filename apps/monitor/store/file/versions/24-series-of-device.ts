/** Finds the series of a device without looking at all others, for each repeated row of its record. */
export const seriesOfDevice = `
CREATE INDEX series_device ON series (device, quantity) WHERE device IS NOT NULL;
`
