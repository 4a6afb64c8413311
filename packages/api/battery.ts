/** A battery at most this full is almost empty. % */
export const lowBattery = 15

/** True for `battery`, `battery_2` … */
export const isBattery = (quantity: string): boolean => /^battery(_\d+)?$/.test(quantity)

/** True if this is the charge of a battery that is almost empty. */
export const isLowBattery = (quantity: string, value: number): boolean => isBattery(quantity) && value <= lowBattery
