import { call } from './api.ts'
import type { Room } from './rooms.ts'

/** Gives the rooms their names, icons and places in this language. */
export async function nameRooms(url: string, rooms: readonly Room[], language: 'en' | 'zh-TW'): Promise<void> {
  for (const [position, { room, names, icon }] of rooms.entries())
    await call(url, 'PUT', `/api/labels/${encodeURIComponent(room)}`, { name: names[language], icon, position })
}
