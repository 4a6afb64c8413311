/** Digits that tell any two numbers of ours apart; a sensor has far fewer. */
const most = 12

const formats = new Map<number, Intl.NumberFormat>()

/** Rounds as numbers are shown; `toFixed` rounds a few of them in another way. */
function rounded(value: number, digits: number): number {
  let format = formats.get(digits)
  if (format === undefined) {
    format = new Intl.NumberFormat('en-US', { useGrouping: false, maximumFractionDigits: digits })
    formats.set(digits, format)
  }
  return Number(format.format(value))
}

/**
 * Digits after the decimal point with which a value is shown beside a limit. The shown numbers compare like the real
 * ones: 30.04 is above 30.0, and 30.0 is not. A limit beside itself has all of its digits.
 * @param least digits without a limit
 */
export function digitsBeside(value: number, limit: number, least: number): number {
  const isTrue = (digits: number) => Math.sign(rounded(value, digits) - limit) === Math.sign(value - limit)
  let digits = least
  while (digits < most && !isTrue(digits)) digits += 1
  return digits
}
