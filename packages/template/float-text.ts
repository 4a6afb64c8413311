/** Python's text of a float: the shortest that is read back as the same number. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  const [digits = '', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (value !== 0 && (exponent < -4 || exponent >= 16))
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  // JavaScript writes an exponent for small numbers that Python writes out.
  const text = exponent < 0 && value !== 0 ? value.toFixed(digits.replace(/\D/g, '').length - 1 - exponent) : String(value)
  return text.includes('.') ? text : `${text}.0`
}
