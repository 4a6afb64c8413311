import type { JsonFile } from '@hearthwatch/files'
import type { Log } from '@hearthwatch/log'
import { type Action, BadOrder, type Command, PayloadError, type Response, readCommand } from '@hearthwatch/protocol'

/** So many commands are remembered. */
const memory = 100

/** `ok` null: begun, and nobody knows how it went. */
interface Done {
  id: string
  ok: boolean | null
  error?: string
}

export interface Commands {
  /** Takes a payload of `command`. It is done once, and answered each time that it comes. */
  hear(payload: Buffer): void
}

export interface CommandsOptions {
  file: JsonFile
  /** How each is done; resolves with the reason where it could not be. */
  perform: Record<Exclude<Action, 'restart'>, () => Promise<string | null>>
  /** Null: nobody would start us again. */
  restart: (() => void) | null
  /** Resolves when the broker has it. */
  answer(response: Response): Promise<void>
  log: Log
}

/** What the monitor has the sensor do: one after the other, and each once, whatever is killed between. */
export function openCommands({ file, perform, restart, answer, log }: CommandsOptions): Commands {
  let done = remembered()
  let under = Promise.resolve()
  const running = new Set<string>()

  function remembered(): Done[] {
    try {
      const kept = file.read() ?? []
      if (!Array.isArray(kept) || !kept.every(isDone)) throw new Error('not what is expected')
      return kept
    } catch (error) {
      log.error('which commands were done is lost', { why: (error as Error).message })
      return []
    }
  }

  /** @throws where the disk says no */
  function remember(entry: Done): void {
    const next = [...done.filter(({ id }) => id !== entry.id), entry].slice(-memory)
    file.write(next)
    done = next
  }

  function refuse(id: string, error: string): void {
    log.warn('command refused', { id, why: error })
    void answer({ id, ok: false, error: error.slice(0, 500) })
  }

  async function carryOut({ id, action }: Command): Promise<void> {
    if (action === 'restart') {
      // Only when the answer is out: who restarts before would be asked again.
      await answer({ id, ok: true })
      restart?.()
      return
    }
    const error = await perform[action]()
    running.delete(id)
    const response = error === null ? { id, ok: true } : { id, ok: false, error }
    try {
      remember(response)
    } catch (failure) {
      log.error('how a command went cannot be kept', { id, why: (failure as Error).message })
    }
    void answer(response)
  }

  function begin(command: Command): void {
    const { id, action } = command
    if (action === 'restart' && restart === null) return refuse(id, 'nobody would start it again')
    try {
      // Before it is done, so that it cannot be done again: a restart would go round for ever.
      remember({ id, ok: action === 'restart' ? true : null })
    } catch (error) {
      return refuse(id, `cannot be kept: ${(error as Error).message}`)
    }
    log.info('command', { id, action })
    running.add(id)
    under = under.then(() => carryOut(command))
  }

  return {
    hear(payload) {
      try {
        const command = readCommand(payload)
        const before = done.find(({ id }) => id === command.id)
        if (before === undefined) return begin(command)
        // The answer to the first one comes.
        if (running.has(command.id)) return
        const { id, ok, error } = before
        void answer(
          ok === null ? { id, ok: false, error: 'it was begun, and then the sensor stopped' } : { id, ok, ...(error && { error }) },
        )
      } catch (error) {
        if (error instanceof BadOrder) return refuse(error.id, error.message)
        if (!(error instanceof PayloadError)) throw error
        log.warn('command refused', { why: error.message })
      }
    },
  }
}

function isDone(entry: unknown): entry is Done {
  return typeof entry === 'object' && entry !== null && typeof (entry as Done).id === 'string'
}
