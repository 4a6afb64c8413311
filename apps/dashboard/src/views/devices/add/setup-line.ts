import { isGateway, type SensorKind } from '@hearthwatch/api/sensor-kinds'

/** The command that makes the login of a sensor, where the monitor does not make it. */
export interface SetupLine {
  kind: SensorKind
  /** null: its devices have rooms of their own. */
  room: string | null
  command: string
}

/** Quotes a text for a shell: inside single quotes only the single quote is special. */
const quoted = (text: string) => (/^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

export function setupLine(kind: SensorKind, room: string, id: string): SetupLine {
  if (isGateway(kind)) return { kind, room: null, command: `npm run setup -- device add ${id === '' ? kind : id} --kind ${kind}` }
  const name = id === '' ? '' : ` --id ${id}`
  const command = kind === 'card' ? `npm run flash -- --room ${quoted(room)}${name}` : `npm run setup -- sensor add ${quoted(room)}${name}`
  return { kind, room, command }
}
