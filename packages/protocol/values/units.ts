import { PayloadError } from '../fault.ts'
import { quantityOf } from './quantities.ts'

/** A unit that other programs state: `(value + shift) × factor` is the value in our own unit. */
interface Conversion {
  factor: number
  shift: number
}

interface StatedUnit {
  /** Its usual spellings, separated by spaces; the first is its name in `docs/protocol.md`. */
  spellings: string
  factor: number
  shift?: number
}

/** By our own unit: all units that are read, our own first. */
export const statedUnits: Readonly<Record<string, readonly StatedUnit[]>> = {
  '°C': [
    { spellings: '°C C celsius centigrade 攝氏 攝氏度', factor: 1 },
    { spellings: '°F F fahrenheit 華氏 華氏度', factor: 5 / 9, shift: -32 },
    { spellings: 'K kelvin kelvins', factor: 1, shift: -273.15 },
  ],
  '%': [
    { spellings: '% percent percentage pct %rh rh relativehumidity', factor: 1 },
    { spellings: 'ratio fraction', factor: 100 },
    { spellings: '‰ permille', factor: 0.1 },
  ],
  ppm: [
    { spellings: 'ppm ppmv partspermillion μmol/mol umol/mol', factor: 1 },
    { spellings: 'ppb ppbv partsperbillion', factor: 0.001 },
    { spellings: '% percent', factor: 10_000 },
    { spellings: 'ratio fraction', factor: 1_000_000 },
  ],
  hPa: [
    { spellings: 'hPa hectopascal hectopascals mbar mb millibar millibars 百帕', factor: 1 },
    { spellings: 'Pa pascal pascals', factor: 0.01 },
    { spellings: 'kPa kilopascal kilopascals', factor: 10 },
    { spellings: 'MPa megapascal megapascals', factor: 10_000 },
    { spellings: 'mPa millipascal millipascals', factor: 0.000_01 },
    { spellings: 'bar bars', factor: 1000 },
    { spellings: 'atm atmosphere atmospheres', factor: 1013.25 },
    { spellings: 'inHg "Hg inchHg inchesHg inchofmercury inchesofmercury', factor: 33.863_886_667 },
    { spellings: 'mmHg millimeterofmercury millimetersofmercury millimetresofmercury', factor: 1.333_223_874_15 },
    { spellings: 'Torr', factor: 1.333_223_684_21 },
    { spellings: 'psi psia lbf/in2 lb/in2 poundspersquareinch', factor: 68.947_572_931_7 },
  ],
  lx: [
    { spellings: 'lx lux lm/m2 勒克斯', factor: 1 },
    { spellings: 'klx klux kilolux', factor: 1000 },
    { spellings: 'fc ftc footcandle footcandles', factor: 10.763_910_416_7 },
  ],
  W: [
    { spellings: 'W watt watts 瓦 瓦特', factor: 1 },
    { spellings: 'kW kilowatt kilowatts', factor: 1000 },
    { spellings: 'mW mw milliwatt milliwatts', factor: 0.001 },
    { spellings: 'MW megawatt megawatts', factor: 1_000_000 },
  ],
  V: [
    { spellings: 'V volt volts 伏 伏特', factor: 1 },
    { spellings: 'mV mv millivolt millivolts', factor: 0.001 },
    { spellings: 'kV kilovolt kilovolts', factor: 1000 },
    { spellings: 'μV uV microvolt microvolts', factor: 0.000_001 },
    { spellings: 'MV megavolt megavolts', factor: 1_000_000 },
  ],
}

/** A converted value has so many digits, so that 70.1 °F is not 21.166666666666664 °C. */
const precision = 9

/** Conversions that were looked up; null: the unit is unknown. Programs choose the texts, so the map is bounded. */
const known = new Map<string, Conversion | null>()
const mostKnown = 1000

/**
 * Converts a value whose unit is stated to the quantity's own unit. Without a unit, and for an unknown quantity, which has
 * no unit here, it stays as it is.
 * @throws PayloadError `bad-unit` for a unit that cannot be converted: the number would be a wrong one
 */
export function inOwnUnit(value: number, stated: string | undefined, quantity: string): number {
  if (stated === undefined || stated.trim() === '') return value
  const { unit } = quantityOf(quantity)
  if (unit === '' || stated === unit) return value
  const key = `${unit} ${stated}`
  let conversion = known.get(key)
  if (conversion === undefined) {
    conversion = conversionOf(unit, stated)
    if (known.size >= mostKnown) known.clear()
    known.set(key, conversion)
  }
  if (conversion === null) {
    const units = (statedUnits[unit] ?? []).map(({ spellings }) => spellings.split(' ')[0])
    throw new PayloadError(
      'bad-unit',
      `${quantity} is not read in ${JSON.stringify(stated.slice(0, 32))}; its units are ${units.join(', ')}`,
    )
  }
  const { factor, shift } = conversion
  return factor === 1 && shift === 0 ? value : Number(((value + shift) * factor).toPrecision(precision))
}

function conversionOf(unit: string, stated: string): Conversion | null {
  const wanted = plain(stated)
  const found = (isSame: (spelling: string) => boolean) =>
    (statedUnits[unit] ?? []).filter(({ spellings }) => spellings.split(' ').some((spelling) => isSame(plain(spelling))))
  const exact = found((spelling) => spelling === wanted)
  // mW and MW differ, so the case is ignored only where one unit fits.
  const units = exact.length > 0 ? exact : found((spelling) => spelling.toLowerCase() === wanted.toLowerCase())
  const [first, second] = units
  return first === undefined || second !== undefined ? null : { factor: first.factor, shift: first.shift ?? 0 }
}

/** A spelling without compatibility characters (℃, ㍱), spaces, dots, and a word for degrees. */
function plain(text: string): string {
  return (
    text
      // UTF-8 that was read as Latin-1 has another letter before the sign.
      .replace(/Â?[°º˚]/g, '°')
      .normalize('NFKC')
      .replace(/[\s._-]/g, '')
      .replace(/^(?:°|degrees?|deg)(?=.)/i, '')
  )
}
