const paths = {
  home: 'M3 11.5 12 4l9 7.5M5.5 9.8V20h13V9.8M10 20v-5.5h4V20',
  alerts: 'M12 3.5a5.5 5.5 0 0 0-5.5 5.5c0 5-2 6.5-2 7.5h15c0-1-2-2.5-2-7.5A5.5 5.5 0 0 0 12 3.5zM10 19.5a2 2 0 0 0 4 0',
  silence: 'M12 3.5a5.5 5.5 0 0 0-5.5 5.5c0 5-2 6.5-2 7.5h15c0-1-2-2.5-2-7.5A5.5 5.5 0 0 0 12 3.5zM10 19.5a2 2 0 0 0 4 0M4 4l16 16',
  battery: 'M3 8h15v8H3zM18 10.5h2.5v3H18M5.5 10.5v3',
  devices: 'M7 7h10v10H7zM10 3.5V7M14 3.5V7M10 17v3.5M14 17v3.5M3.5 10H7M3.5 14H7M17 10h3.5M17 14h3.5',
  rules: 'M4 6h9M17 6h3M4 12h3M11 12h9M4 18h9M17 18h3M13 4v4M7 10v4M13 16v4',
  notifications: 'M4 5.5h16v13H4zM4 6.5l8 6.5 8-6.5',
  wire: 'M3 12h4l2.5-7 4.5 14 2.5-7H21',
  settings:
    'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M5.6 18.4l1.8-1.8M16.6 7.4l1.8-1.8',
  wall: 'M3.5 5h17v11h-17zM9 20h6M12 16v4',
  handle: 'M9 6h.01M9 12h.01M9 18h.01M15 6h.01M15 12h.01M15 18h.01',
  more: 'M5.5 12h.01M12 12h.01M18.5 12h.01',
  back: 'M15 5l-7 7 7 7',
  up: 'M6 15l6-6 6 6',
  down: 'M6 9l6 6 6-6',
  left: 'M15 6l-6 6 6 6',
  right: 'M9 6l6 6-6 6',
  plus: 'M12 6v12M6 12h12',
  minus: 'M6 12h12',
  edit: 'M4 20l1-4L16 5l3 3L8 19zM14 7l3 3',
  check: 'M4.5 12.5l5 5 10-11',
  seen: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  hidden: 'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM4 20L20 4',
  close: 'M6 6l12 12M18 6L6 18',
  download: 'M12 4v11M7 11l5 5 5-5M4 20h16',
  rising: 'M6 18L18 6M9 6h9v9',
  falling: 'M6 6l12 12M18 9v9H9',
  steady: 'M4 12h16M15 7l5 5-5 5',
} as const

export type IconName = keyof typeof paths

/** A decorative icon, hidden from screen readers: its meaning must be in the text or label beside it. */
export function Icon({ name, size = 24 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width={size} height={size} aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width={name === 'more' || name === 'handle' ? 3 : 1.75}
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  )
}
