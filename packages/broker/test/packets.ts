/** MQTT packets as bytes, for clients that do what no library does. */

export const text = (value: string | Buffer) => Buffer.concat([number(Buffer.byteLength(value)), Buffer.from(value)])

export const number = (value: number) => Buffer.from([value >> 8, value & 0xff])

export const packet = (header: number, ...parts: (Buffer | number[])[]) => {
  const body = Buffer.concat(parts.map((part) => Buffer.from(part)))
  const length: number[] = []
  let rest = body.length
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0))
    rest >>= 7
  } while (rest > 0)
  return Buffer.concat([Buffer.from([header, ...length]), body])
}

export interface ConnectFields {
  protocol?: string
  version?: number
  /** Default: clean session, user name and password, without a will. */
  flags?: number
  id?: string | Buffer
  /** s */
  keepalive?: number
  will?: { topic: string | Buffer; payload: string }
}

export const connectPacket = (user: string | Buffer, password: string, fields: ConnectFields = {}) => {
  const { protocol = 'MQTT', version = 4, flags = 0xc2, id = 'id', keepalive = 60, will } = fields
  const login = [...(flags & 0x80 ? [text(user)] : []), ...(flags & 0x40 ? [text(password)] : [])]
  return packet(
    0x10,
    text(protocol),
    [version, flags],
    number(keepalive),
    text(id),
    ...(will ? [text(will.topic), text(will.payload)] : []),
    ...login,
  )
}

export const publishPacket = (topic: string | Buffer, payload: string, messageId: number, header = 0x32) =>
  packet(header, text(topic), ...(header & 6 ? [number(messageId)] : []), Buffer.from(payload))

export const subscribePacket = (messageId: number, filters: readonly string[], qos = 1) =>
  packet(0x82, number(messageId), ...filters.flatMap((filter) => [text(filter), [qos]]))

export const pingreq = Buffer.from([0xc0, 0])
export const disconnect = Buffer.from([0xe0, 0])
