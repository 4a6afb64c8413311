import type { ComponentType } from 'preact'
import Home from './home/index.tsx'

/** Each view by its name in the address; all but the first are fetched when somebody goes there. */
export const views: Record<string, () => Promise<{ default: ComponentType }>> = {
  home: async () => ({ default: Home }),
  room: () => import('./room/index.tsx'),
  alerts: () => import('./alerts/index.tsx'),
  rules: () => import('./rules/index.tsx'),
  devices: () => import('./devices/index.tsx'),
  notifications: () => import('./notifications/index.tsx'),
  wire: () => import('./wire/index.tsx'),
  api: () => import('./api/index.tsx'),
  settings: () => import('./settings/index.tsx'),
}
