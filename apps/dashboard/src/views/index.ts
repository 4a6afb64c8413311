import type { ComponentType } from 'preact'
import Home from './home/index.tsx'

/** The views by their names in the address; all but home are loaded on demand. */
export const views: Record<string, () => Promise<{ default: ComponentType }>> = {
  home: async () => ({ default: Home }),
  room: () => import('./room/index.tsx'),
  alerts: () => import('./alerts/index.tsx'),
  rules: () => import('./rules/index.tsx'),
  devices: () => import('./devices/index.tsx'),
  notifications: () => import('./notifications/index.tsx'),
  wire: () => import('./wire/index.tsx'),
  api: () => import('./api/index.tsx'),
  wall: () => import('./wall/index.tsx'),
  settings: () => import('./settings/index.tsx'),
}
