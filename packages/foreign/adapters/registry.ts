import type { AdapterKind } from '../message.ts'
import { homeassistant } from './homeassistant.ts'
import { rtl433 } from './rtl-433.ts'
import { ruuvi } from './ruuvi.ts'
import { shelly } from './shelly.ts'
import { shellyGen1 } from './shelly-gen1.ts'
import { tasmota } from './tasmota.ts'
import { zigbee2mqtt } from './zigbee2mqtt.ts'

/** Every adapter. Discovery comes first: what it describes, a native adapter leaves alone. */
export const kinds: readonly AdapterKind[] = [homeassistant, tasmota, zigbee2mqtt, shelly, shellyGen1, ruuvi, rtl433]
