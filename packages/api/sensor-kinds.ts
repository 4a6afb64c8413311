/** The kinds of a new sensor. `card`: a Raspberry Pi whose card is to be flashed; `pi`: one with a system on it. */
export const sensorKinds = ['card', 'pi', 'esphome', 'tasmota', 'script'] as const
export type SensorKind = (typeof sensorKinds)[number]
