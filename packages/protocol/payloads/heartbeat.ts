import Type, { type Static } from 'typebox'
import { isName } from '../topics/names.ts'
import { type OnLeftOut, readerOf } from './json.ts'

const percent = (what: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: `%, ${what}` }))

/** The condition of a device. Values that a machine cannot measure are left out, and unknown and wrong fields are dropped. */
export const Heartbeat = Type.Object({
  device_id: Type.Optional(
    Type.Refine(
      Type.String({ maxLength: 64, description: 'id of the device; needed on the shared topic only' }),
      (id) => isName(id),
      () => 'is not an id',
    ),
  ),
  timestamp: Type.Optional(Type.String({ maxLength: 40, description: 'ISO 8601, by the device’s own clock' })),
  cpu: percent('load of the processor'),
  memory: percent('of the memory in use'),
  temperature: Type.Optional(Type.Number({ minimum: -100, maximum: 250, description: '°C, of the processor' })),
  uptime: Type.Optional(Type.Number({ minimum: 0, description: 's since the machine started' })),
  disk: percent('of the disk in use'),
  rssi: Type.Optional(Type.Number({ minimum: -200, maximum: 100, description: 'dBm, of the Wi-Fi' })),
  outbox: Type.Optional(Type.Integer({ minimum: 0, description: 'rows not yet acknowledged' })),
  dropped: Type.Optional(Type.Integer({ minimum: 0, description: 'rows lost by the cap' })),
  rejected: Type.Optional(
    Type.Record(Type.String({ pattern: '^[\\w.@:-]{1,128}$' }), Type.Integer({ minimum: 0 }), {
      additionalProperties: false,
      maxProperties: 64,
      description: 'readings rejected since the start, by probe',
    }),
  ),
  version: Type.Optional(Type.String({ maxLength: 64, description: 'of the device’s software' })),
})
export type Heartbeat = Static<typeof Heartbeat>

/** @throws PayloadError if it is not a heartbeat */
export const readHeartbeat: (payload: Buffer, onLeftOut?: OnLeftOut) => Heartbeat = readerOf(Heartbeat)
