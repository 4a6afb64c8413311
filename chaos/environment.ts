/** The only place of the storm that reads its environment. Settings of the programs in it are made by us, not inherited. */
export const inherited = { PATH: process.env.PATH }

/** Of a program of the house: by how many ms its clock is off when it starts. */
export const clockOffset = Number(process.env.CLOCK_OFFSET ?? 0)
