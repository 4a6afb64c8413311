/** MQTT 3.1.1 packets as bytes, for clients that do what no library does. */

const text = (value: string) => Buffer.concat([Buffer.from([0, Buffer.byteLength(value)]), Buffer.from(value)])
const packet = (header: number, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([header, body.length]), body])
}

/** At most 127 bytes after the header, as all packets here. */
export const connectPacket = (user: string, password: string) =>
  packet(0x10, text('MQTT'), Buffer.from([4, 0xc2, 0, 60]), text('id'), text(user), text(password))

export const publishPacket = (topic: string, payload: string, messageId: number) =>
  packet(0x32, text(topic), Buffer.from([messageId >> 8, messageId & 0xff]), Buffer.from(payload))
