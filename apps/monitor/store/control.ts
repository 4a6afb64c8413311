import type { Action, DesiredSettings, Response } from '@hearthwatch/protocol'
import type { Database } from 'better-sqlite3'

/** The desired settings of a device. Times in ms. */
export interface StoredDesired {
  device: string
  id: string
  settings: DesiredSettings
  since: number
  /** The device's response; null: none yet. */
  response: (Response & { time: number }) | null
}

export interface StoredCommand {
  device: string
  id: string
  action: Action
  created: number
  /** When the broker received it; null: not yet, or never. */
  sent: number | null
  answered: number | null
  ok: boolean | null
  error: string | null
}

interface WantedRow {
  device: string
  id: string
  settings: string
  since: number
  answered: number | null
  ok: number | null
  error: string | null
}

type CommandRow = Omit<StoredCommand, 'ok'> & { ok: number | null }

/** Number of commands of a device that are kept. */
const mostCommands = 100

export type ControlStore = ReturnType<typeof storeControl>

/** Desired settings and commands of the devices, with their responses. */
export function storeControl(db: Database) {
  const upsert = db.prepare<[{ device: string; id: string; settings: string; since: number }]>(`
    INSERT INTO wanted (device, id, settings, since) VALUES (:device, :id, :settings, :since)
    ON CONFLICT (device) DO UPDATE SET id = :id, settings = :settings, since = :since, answered = NULL, ok = NULL, error = NULL`)
  const one = db.prepare<[string], WantedRow>('SELECT * FROM wanted WHERE device = ?')
  const desiredDevices = db.prepare<[], string>('SELECT device FROM wanted ORDER BY device').pluck()
  const add = db.prepare<[string, string, string, number]>('INSERT INTO command (device, id, action, created) VALUES (?, ?, ?, ?)')
  const trim = db.prepare<[{ device: string }]>(`
    DELETE FROM command WHERE device = :device AND number NOT IN
      (SELECT number FROM command WHERE device = :device ORDER BY number DESC LIMIT ${mostCommands})`)
  const list = db.prepare<[string], CommandRow>(
    'SELECT device, id, action, created, sent, answered, ok, error FROM command WHERE device = ? ORDER BY number DESC',
  )
  const unsent = db.prepare<[number], { device: string; id: string; action: Action }>(
    'SELECT device, id, action FROM command WHERE sent IS NULL AND answered IS NULL AND created >= ? ORDER BY number',
  )
  const sent = db.prepare<[number, string, string]>('UPDATE command SET sent = ? WHERE device = ? AND id = ?')
  const answer = { time: 'answered = :time, ok = :ok, error = :error', which: 'device = :device AND id = :id' }
  const answerWanted = db.prepare(`UPDATE wanted SET ${answer.time} WHERE ${answer.which}`)
  // The first response counts; a second one is a repeated delivery.
  const answerCommand = db.prepare(`UPDATE command SET ${answer.time} WHERE ${answer.which} AND answered IS NULL`)
  const forgetting = [
    db.prepare<[string]>('DELETE FROM wanted WHERE device = ?'),
    db.prepare<[string]>('DELETE FROM command WHERE device = ?'),
  ]

  return {
    setDesired: (device: string, id: string, settings: DesiredSettings, since: number) =>
      void upsert.run({ device, id, settings: JSON.stringify(settings), since }),

    desired(device: string): StoredDesired | null {
      const row = one.get(device)
      if (row === undefined) return null
      const { id, settings, since, answered, ok, error } = row
      const response = answered === null ? null : { id, ok: ok === 1, ...(error !== null && { error }), time: answered }
      return { device, id, settings: JSON.parse(settings), since, response }
    },

    /** Devices with desired settings. */
    desiredDevices: () => desiredDevices.all(),

    addCommand(device: string, id: string, action: Action, created: number): void {
      add.run(device, id, action, created)
      trim.run({ device })
    },

    /** Newest first. */
    commands: (device: string): StoredCommand[] => list.all(device).map((row) => ({ ...row, ok: row.ok === null ? null : row.ok === 1 })),

    /** Commands that the broker has not received, oldest first. @param since only later ones, ms */
    unsent: (since: number) => unsent.all(since),

    markSent: (device: string, id: string, at: number) => void sent.run(at, device, id),

    /** Stores a device's response. @returns false if it belongs to no pending message */
    answer(device: string, { id, ok, error = undefined }: Response, time: number): boolean {
      const values = { device, id, ok: ok ? 1 : 0, error: error ?? null, time }
      return answerWanted.run(values).changes > 0 || answerCommand.run(values).changes > 0
    },

    remove(device: string): void {
      for (const statement of forgetting) statement.run(device)
    },
  }
}
