/** Means that are weighed by time. */
export const weighed = `
-- count and sum of rollup_1h: sum is count times the mean of its five minutes, weighed by time. Made anew where readings are left.
UPDATE series SET rolled = (ifnull(swept, 0) + 3599999) / 3600000 * 3600000;
`
