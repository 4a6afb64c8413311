/** Lengths of time in milliseconds, the unit of every time and duration in this repository. */
export const second = 1000
export const minute = 60 * second
export const hour = 60 * minute
export const day = 24 * hour
export const week = 7 * day

/** A certificate of the broker that ends within this time is renewed, and reported by the doctor. */
export const renewBefore = 30 * day

/** The authority of the certificates has a successor in its last year, so that each sensor learns of it in time. */
export const succeedBefore = 365 * day
