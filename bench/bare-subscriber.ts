/** For comparison: an mqtt.js subscriber with a persistent session that only counts messages. */
import mqtt from 'mqtt'

const [url = '', count = '0', mode = ''] = process.argv.slice(2)
const client = mqtt.connect(url, { clientId: 'bare', clean: false, protocolVersion: 4, reconnectPeriod: 0 })
if (mode === 'subscribe') {
  client.on('connect', () => client.subscribe('home/+/+', { qos: 1 }, () => client.end()))
} else {
  let seen = 0
  let first = 0
  client.on('message', () => {
    if (seen === 0) first = performance.now()
    seen += 1
    if (seen < Number(count)) return
    process.send?.({ took: performance.now() - first, cpu: process.cpuUsage(), peak: process.resourceUsage().maxRSS })
    client.end()
  })
}
