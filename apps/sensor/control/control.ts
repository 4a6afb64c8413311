import { join } from 'node:path'
import { openJsonFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import type { Packet } from '@hearthwatch/mqtt'
import { topicOf } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import { type CommandsOptions, openCommands } from './commands.ts'
import { createAnswers } from './responses.ts'
import { type InForce, openWanted } from './settings.ts'

/** What the monitor wants of this sensor: other settings, or something done. */
export interface Orders {
  readonly inForce: InForce
  /** What to subscribe to, before the sensor says that it is there. */
  readonly filters: Record<string, 1 | 2>
  hear(packet: Packet): void
  /** There is a connection (again). */
  answer(): void
}

export interface OrdersOptions extends Pick<CommandsOptions, 'perform' | 'restart' | 'log'> {
  config: SensorConfig
  /** Publishes a response. Rejects where there is no connection, or it breaks before the broker has the message. */
  publish(text: string): Promise<void>
  /** The settings in force have changed; their answer goes out behind what this says. */
  onChange(inForce: InForce): void
  log: Log
}

export function openOrders({ config, perform, restart, publish, onChange, log }: OrdersOptions): Orders {
  const id = config.SENSOR_ID
  const fileOf = (name: string) => openJsonFile(join(config.OUTBOX_DIR, `${id}.${name}.json`))
  const answers = createAnswers(publish)
  const wanted = openWanted(config, fileOf('wanted'), onChange, log)
  const commands = openCommands({ file: fileOf('commands'), perform, restart, answer: answers.give, log })
  const [configTopic, commandTopic] = [topicOf('config', { id }), topicOf('command', { id })]

  return {
    get inForce() {
      return wanted.inForce
    },
    filters: { [configTopic]: 1, [commandTopic]: 2 },
    hear({ topic, payload, retain }) {
      if (topic === configTopic) {
        const response = wanted.take(payload)
        if (response !== null) void answers.give(response)
      } else if (topic === commandTopic) {
        // A command is for now; who retains one has made a mistake, and it would come on each connection.
        if (retain) log.warn('a command must not be retained; it is not done')
        else commands.hear(payload)
      }
    },
    answer: answers.send,
  }
}
