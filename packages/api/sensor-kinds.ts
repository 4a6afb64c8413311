/** The kinds of a new sensor. `card`: a Raspberry Pi whose card is to be flashed; `pi`: one with a system on it. */
export const sensorKinds = ['card', 'pi', 'esphome', 'tasmota', 'zigbee2mqtt', 'script'] as const
export type SensorKind = (typeof sensorKinds)[number]

/** The kinds of programs that speak for devices in many rooms, so that the login has no room. */
export type GatewayKind = 'zigbee2mqtt'
export const isGateway = (kind: SensorKind): kind is GatewayKind => kind === 'zigbee2mqtt'
export type RoomKind = Exclude<SensorKind, GatewayKind>
