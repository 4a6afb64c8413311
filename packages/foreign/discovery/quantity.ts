interface Match {
  quantity: string
  unit: string
}

const temperatures = ['°C', 'C', '°F', 'F', 'K']
const pressures = ['hPa', 'Pa', 'kPa', 'mbar', 'inHg', 'mmHg']

/** Quantity and units by device class. */
const classes: Readonly<Record<string, { quantity: string; units: readonly string[]; bare?: string }>> = {
  temperature: { quantity: 'temperature', units: temperatures },
  humidity: { quantity: 'humidity', units: ['%'], bare: '%' },
  atmospheric_pressure: { quantity: 'pressure', units: [...pressures, 'bar'] },
  pressure: { quantity: 'pressure', units: pressures },
  battery: { quantity: 'battery', units: ['%'], bare: '%' },
  carbon_dioxide: { quantity: 'co2', units: ['ppm'], bare: 'ppm' },
  illuminance: { quantity: 'illuminance', units: ['lx', 'lux'], bare: 'lx' },
  voltage: { quantity: 'voltage', units: ['V', 'mV'] },
  power: { quantity: 'power', units: ['W', 'kW', 'mW'] },
}

/** Units that decide alone. Of %, ppm and Pa there are several quantities. */
const alone: Readonly<Record<string, string>> = {
  '°C': 'temperature',
  '°F': 'temperature',
  hPa: 'pressure',
  mbar: 'pressure',
  inHg: 'pressure',
  lx: 'illuminance',
  lux: 'illuminance',
}

/** Classes that exist with units of which some are not ours: boilers and tyres are measured in bar. */
const wider: Readonly<Record<string, readonly string[]>> = {
  pressure: ['bar', 'cbar', 'psi', 'mPa', 'inH₂O'],
  voltage: ['µV', 'μV', 'kV', 'MV'],
}

/**
 * The quantity of an entity.
 * @returns null: none of ours; a text: why it is not understood
 */
export function quantityOfClass(deviceClass: string | null, unit: string | null): Match | string | null {
  // UTF-8 that was encoded twice has another letter before the sign.
  const stated = unit?.replace(/Â(?=°)/, '').trim() ?? ''
  if (deviceClass === null) {
    const quantity = Object.hasOwn(alone, stated) ? alone[stated] : undefined
    return quantity === undefined ? null : { quantity, unit: stated }
  }
  const found = Object.hasOwn(classes, deviceClass) ? classes[deviceClass] : undefined
  if (found === undefined) return null
  if (stated === '' && found.bare !== undefined) return { quantity: found.quantity, unit: found.bare }
  if (found.units.includes(stated)) return { quantity: found.quantity, unit: stated }
  if (wider[deviceClass]?.includes(stated)) return null
  return stated === ''
    ? `device_class ${deviceClass} without a unit`
    : `unit ${stated.slice(0, 20)} does not fit device_class ${deviceClass}`
}
