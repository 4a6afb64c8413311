/** The environment that the programs under test inherit. All other settings are made by the test. */
export const inherited = { PATH: process.env.PATH }

/** Offset of a program's clock at its start, ms. */
export const clockOffset = Number(process.env.CLOCK_OFFSET ?? 0)
