/** For comparison: an mqtt.js subscriber that sends a mail by pooled nodemailer when a value crosses a limit, and stores nothing. */
import mqtt from 'mqtt'
import { createTransport } from 'nodemailer'

const [url = '', smtp = ''] = process.argv.slice(2)
const transport = createTransport({ url: smtp, pool: true, maxConnections: 1 })
const client = mqtt.connect(url, { clientId: 'bare-mailer', protocolVersion: 4 })
let hot = false
client.on('connect', () => client.subscribe('home/+/+', () => process.send?.('ready')))
client.on('message', (topic, payload) => {
  const value = Number(payload)
  if (value > 30 === hot) return
  hot = value > 30
  const subject = `${topic} ${value} °C: ${hot ? 'too hot' : 'no longer too hot'}`
  void transport.sendMail({ from: 'house@example.org', to: 'ann@example.org', subject, text: subject })
})
