import type { About, Phrase } from './language.ts'

export const sensor = (device: string) => (device === '' ? 'sensor' : `sensor ${device}`)
const theSensor = (device: string) => (device === '' ? 'the sensor' : `sensor ${device}`)
export const spaced = (...parts: string[]) => parts.filter((part) => part !== '').join(' ')
export const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`
/** A quantity's name within a sentence: temperature, air pressure, but CO₂. */
const small = (name: string) => (/^[A-Z][a-z]/.test(name) ? name[0]?.toLowerCase() + name.slice(1) : name)

export const capital = (text: string) => `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`

/** Above a limit below this it is too warm, not too hot; for example a freezer. °C */
const mild = 25

export function phrase(about: About): Phrase {
  const { kind, device, amount, window, text } = about
  const what = small(about.name)
  switch (kind) {
    case 'above':
    case 'below': {
      const extreme = kind === 'below' ? 'cold' : about.limit !== null && about.limit < mild ? 'warm' : 'hot'
      const [subject, adjective] = about.quantity === 'temperature' ? ['', extreme] : [what, kind === 'above' ? 'high' : 'low']
      const most =
        about.quantity === 'temperature'
          ? { hot: 'hottest', warm: 'warmest', cold: 'coldest' }[extreme]
          : kind === 'above'
            ? 'highest'
            : 'lowest'
      return {
        on: spaced(subject, `too ${adjective}`),
        still: (lasted) => `${spaced(subject, `still too ${adjective}`)}, for ${lasted}`,
        off: (lasted) => `${spaced(subject, `no longer too ${adjective}`)}, after ${lasted}`,
        late: (lasted) => `${spaced(subject, `was too ${adjective}`)} for ${lasted} (reported late)`,
        heading: capital(spaced(subject, `too ${adjective}`)),
        several(count, worst) {
          const where = subject === '' ? `${count} rooms too ${adjective}` : `${subject} too ${adjective} in ${count} rooms`
          return worst === null ? where : `${where}, ${most} ${worst.place} ${worst.value}`
        },
      }
    }
    case 'rises':
    case 'falls': {
      const [direction, moving, moved] = kind === 'rises' ? ['up', 'rising', 'rose'] : ['down', 'falling', 'fell']
      return {
        on: `${what} ${direction} ${amount} within ${window}`,
        still: (lasted) => `${what} still ${moving} fast, for ${lasted}`,
        off: (lasted) => `${what} no longer ${moving} fast, after ${lasted}`,
        late: () => `${what} ${moved} by ${amount} within ${window} (reported late)`,
        heading: capital(`${what} ${moving} fast`),
        several: (count, worst) => `${what} ${moving} fast in ${count} rooms${worst ? `, most in ${worst.place}: ${worst.value}` : ''}`,
      }
    }
    case 'silent': {
      const readings = spaced('no', what, 'readings from', theSensor(device))
      return {
        on: readings,
        still: (lasted) => `still ${readings}, for ${lasted}`,
        off: (lasted) => `${spaced(what, 'readings from', theSensor(device))} are coming again, after ${lasted}`,
        late: (lasted) => `${readings} for ${lasted} (reported late)`,
        heading: capital(spaced('no', what, 'readings')),
        several: (count) => `${spaced('no', what, 'readings')} from ${count} sensors`,
      }
    }
    case 'offline':
      return {
        on: `${sensor(device)} is offline`,
        still: (lasted) => `${sensor(device)} is still offline, for ${lasted}`,
        off: (lasted) => `${sensor(device)} is back, after ${lasted} offline`,
        late: (lasted) => `${sensor(device)} was offline for ${lasted} (reported late)`,
        heading: 'Sensors offline',
        several: (count) => `${count} sensors offline`,
      }
    case 'broker':
      return {
        on: 'the MQTT broker cannot be reached',
        still: (lasted) => `the MQTT broker still cannot be reached, for ${lasted}`,
        off: (lasted) => `the MQTT broker is back, after ${lasted}`,
        late: (lasted) => `the MQTT broker could not be reached for ${lasted} (reported late)`,
        heading: 'The MQTT broker cannot be reached',
        several: () => 'the MQTT broker cannot be reached',
      }
    case 'deaf':
      return {
        on: 'the MQTT broker accepts the monitor but delivers nothing',
        still: (lasted) => `the MQTT broker still delivers nothing to the monitor, for ${lasted}`,
        off: (lasted) => `the MQTT broker delivers again, after ${lasted}`,
        late: (lasted) => `the MQTT broker delivered nothing to the monitor for ${lasted} (reported late)`,
        heading: 'The MQTT broker delivers nothing',
        several: () => 'the MQTT broker delivers nothing',
      }
    case 'certificate':
      return {
        on: `the broker’s certificate ends on ${text}`,
        still: () => `the broker’s certificate still ends on ${text}`,
        off: () => 'the broker’s certificate is renewed',
        late: () => 'the broker’s certificate was about to end (reported late)',
        heading: 'The broker’s certificate ends soon',
        several: () => 'the broker’s certificate ends soon',
      }
    case 'backup':
      return {
        on: 'the backup has failed',
        still: (lasted) => `no backup has succeeded for ${lasted}`,
        off: (lasted) => `the backup has succeeded again, after ${lasted}`,
        late: (lasted) => `no backup succeeded for ${lasted} (reported late)`,
        heading: 'The backup has failed',
        several: () => 'the backup has failed',
      }
    case 'disk-full':
      return {
        on: 'the disk is full: nothing is stored',
        still: (lasted) => `the disk is still full, for ${lasted}: nothing is stored`,
        off: (lasted) => `the disk has room again, after ${lasted}`,
        late: (lasted) => `the disk was full for ${lasted} (reported late)`,
        heading: 'The disk is full',
        several: () => 'the disk is full',
      }
    case 'disk':
      return {
        on: 'the disk of the database is nearly full',
        still: (lasted) => `the disk of the database is still nearly full, for ${lasted}`,
        off: (lasted) => `the disk of the database has room again, after ${lasted}`,
        late: (lasted) => `the disk of the database was nearly full for ${lasted} (reported late)`,
        heading: 'The disk is nearly full',
        several: () => 'the disk of the database is nearly full',
      }
    case 'flood': {
      const sender = device === '' ? 'an unknown sender' : theSensor(device)
      return {
        on: `${sender} sends too much; some of it is refused`,
        still: (lasted) => `${sender} still sends too much, for ${lasted}`,
        off: (lasted) => `${sender} no longer sends too much, after ${lasted}`,
        late: (lasted) => `${sender} sent too much for ${lasted} (reported late)`,
        heading: 'Too many messages',
        several: (count) => `${count} senders send too much`,
      }
    }
    case 'message':
      return {
        on: `“${text}”`,
        still: (lasted) => `still “${text}”, for ${lasted}`,
        off: (lasted) => `no more warnings from the sensor, after ${lasted}`,
        late: (lasted) => `“${text}”, for ${lasted} (reported late)`,
        heading: 'Texts of sensors',
        several: (count) => `texts of sensors in ${count} rooms`,
      }
    case 'own':
      return {
        on: text,
        still: (lasted) => `${text} (for ${lasted})`,
        off: (lasted) => `back to normal, after ${lasted}`,
        late: (lasted) => `${text} (for ${lasted}, reported late)`,
        heading: text,
        several: (count, worst) => `${text} (${count} rooms${worst ? `, first ${worst.place} ${worst.value}` : ''})`,
      }
  }
}
