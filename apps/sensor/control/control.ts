import { join } from 'node:path'
import { openJsonFile } from '@hearthwatch/files'
import type { Link, Packet } from '@hearthwatch/mqtt'
import { PayloadError, takeTrust, topicOf, topics } from '@hearthwatch/protocol'
import type { SensorConfig } from '../config.ts'
import { type CommandsOptions, openCommands } from './commands.ts'
import type { DesiredSettingsStore, SettingsInForce } from './desired-settings.ts'
import { createResponses } from './responses.ts'
import type { Trust } from './trust.ts'

/** Receives the monitor's desired settings and commands and answers them. */
export type Control = ReturnType<typeof openControl>

export interface ControlOptions extends Pick<CommandsOptions, 'execute' | 'restart' | 'log'> {
  config: Pick<SensorConfig, 'SENSOR_ID' | 'OUTBOX_DIR'>
  settings: DesiredSettingsStore
  trust: Pick<Trust, 'accept'>
  publish: Link['publish']
  /** Called when the sensor trusts one more authority. */
  onTrust(): void
  /** Called when the settings in force have changed, before the response is published. */
  onChange(inForce: SettingsInForce): void
}

export function openControl({ config, settings, trust, execute, restart, publish, onTrust, onChange, log }: ControlOptions) {
  const { SENSOR_ID: id, OUTBOX_DIR: folder } = config
  const [configTopic, commandTopic, responseTopic] = [topicOf('config', { id }), topicOf('command', { id }), topicOf('response', { id })]
  const responses = createResponses((text) => publish(responseTopic, text, topics.response))
  const onCommand = openCommands({
    file: openJsonFile(join(folder, `${id}.commands.json`)),
    execute,
    restart,
    respond: responses.publish,
    log,
  })

  function onConfig(payload: Buffer): void {
    const before = settings.inForce
    const response = settings.apply(withoutTrust(payload))
    if (settings.inForce !== before) onChange(settings.inForce)
    if (response !== null) void responses.publish(response)
  }

  /** Takes the offer out of the payload of `config`, which has the desired settings beside it. */
  function withoutTrust(payload: Buffer): Buffer {
    try {
      const { offer, rest } = takeTrust(payload)
      if (offer !== undefined && trust.accept(offer)) onTrust()
      return rest
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error
      // The desired settings are refused for the same reason, and answered.
      return payload
    }
  }

  return {
    /** Filters to subscribe to on each connection, before `online`. */
    filters: { [configTopic]: 1, [commandTopic]: 2 } as Record<string, 1 | 2>,
    onMessage({ topic, payload, retain }: Packet): void {
      if (topic === configTopic) onConfig(payload)
      else if (topic === commandTopic) {
        // A retained command would arrive again on each connection.
        if (retain) log.warn('retained command ignored; publish commands without retain')
        else onCommand(payload)
      }
    },
    /** Publishes the waiting responses. Call this when connected. */
    publishWaiting: responses.publishWaiting,
  }
}
