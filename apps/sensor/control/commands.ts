import type { JsonFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import { type Action, BadControlMessage, type Command, PayloadError, type Response, readCommand } from '@hearthwatch/protocol'

/** Number of executed commands that are remembered on disk. */
const maxRemembered = 100

/** A remembered command. `ok` null: begun, result unknown. */
interface Executed {
  id: string
  ok: boolean | null
  error?: string
}

export interface CommandsOptions {
  file: JsonFile
  execute: Record<Exclude<Action, 'restart'>, () => Promise<Omit<Response, 'id'>>>
  /** Null: no supervisor would restart the sensor. */
  restart: (() => void) | null
  /** Resolves when the broker has acknowledged the response. */
  respond(response: Response): Promise<void>
  log: Log
}

/**
 * Executes the monitor's commands, one after the other. Each is executed at most once, even if the sensor is killed
 * meanwhile, and is answered each time that it arrives.
 * @returns the handler for payloads of `command`
 */
export function openCommands({ file, execute, restart, respond, log }: CommandsOptions): (payload: Buffer) => void {
  let executed = readStored()
  let last = Promise.resolve()
  const running = new Set<string>()

  function readStored(): Executed[] {
    try {
      const stored = file.read() ?? []
      if (!Array.isArray(stored) || !stored.every(isExecuted)) throw new Error('not a list of commands')
      return stored
    } catch (error) {
      log.error('list of executed commands cannot be read; starting an empty list', { why: (error as Error).message })
      return []
    }
  }

  /** @throws Error if the disk cannot be written */
  function remember(command: Executed): void {
    const next = [...executed.filter(({ id }) => id !== command.id), command].slice(-maxRemembered)
    file.write(next)
    executed = next
  }

  function refuse(id: string, error: string): void {
    log.warn('command refused', { id, why: error })
    void respond({ id, ok: false, error: error.slice(0, 500) })
  }

  async function run({ id, action }: Command): Promise<void> {
    if (action === 'restart') {
      // The monitor sends an unanswered command again, so the response has to arrive before the restart.
      await respond({ id, ok: true })
      restart?.()
      return
    }
    const response = { id, ...(await execute[action]()) }
    running.delete(id)
    try {
      remember(response)
    } catch (failure) {
      log.error('result of a command cannot be stored', { id, why: (failure as Error).message })
    }
    void respond(response)
  }

  function begin(command: Command): void {
    const { id, action } = command
    if (action === 'restart' && restart === null) return refuse(id, 'no supervisor would restart the sensor')
    try {
      // Stored before it runs: a restart that arrives again must not restart the sensor again.
      remember({ id, ok: action === 'restart' ? true : null })
    } catch (error) {
      return refuse(id, `cannot be stored: ${(error as Error).message}`)
    }
    log.info('command', { id, action })
    running.add(id)
    last = last.then(() => run(command))
  }

  return (payload) => {
    try {
      const command = readCommand(payload)
      const before = executed.find(({ id }) => id === command.id)
      if (before === undefined) return begin(command)
      // Its first arrival will be answered.
      if (running.has(command.id)) return
      const { id, ok, error } = before
      void respond(
        ok === null ? { id, ok: false, error: 'it was begun, and then the sensor stopped' } : { id, ok, ...(error && { error }) },
      )
    } catch (error) {
      if (error instanceof BadControlMessage) return refuse(error.id, error.message)
      if (!(error instanceof PayloadError)) throw error
      log.warn('command refused', { why: error.message })
    }
  }
}

function isExecuted(entry: unknown): entry is Executed {
  return typeof entry === 'object' && entry !== null && typeof (entry as Executed).id === 'string'
}
