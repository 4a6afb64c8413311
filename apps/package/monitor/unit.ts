import { serviceUnit } from '@hearthwatch/cli/systemd/unit'

/** The unit of the installed monitor. It may write its state and its settings alone. */
export const unit = serviceUnit({
  about: ['Description=Hearthwatch monitor', 'Documentation=man:hearthwatch-monitor(1)'],
  run: [
    'User=hearthwatch-monitor',
    'WorkingDirectory=/var/lib/hearthwatch-monitor',
    '# Passwords, access list and certificates; after an upgrade it takes changes of the access list over.',
    "ExecStartPre=/bin/sh -c 'exec /usr/bin/hearthwatch-monitor setup --without-sensor >/dev/null'",
    'ExecStart=/usr/bin/hearthwatch-monitor',
    'StateDirectory=hearthwatch-monitor',
    'StateDirectoryMode=0700',
    'CacheDirectory=hearthwatch-monitor',
    'CacheDirectoryMode=0700',
  ],
  access: ['ProtectHome=yes', 'ReadWritePaths=/etc/hearthwatch-monitor'],
})
