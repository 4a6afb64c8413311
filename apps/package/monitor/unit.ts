import { hardening } from '@hearthwatch/cli/service/systemd-unit'

/** The unit of the installed monitor. It may write its state and its settings alone. */
export const unit = `[Unit]
Description=Hearthwatch monitor
Documentation=man:hearthwatch-monitor(1)
# No network-online.target: without a network it waits for its broker by itself.
After=time-set.target mosquitto.service
StartLimitIntervalSec=0

[Service]
Type=notify
# systemd-notify is another process.
NotifyAccess=all
WatchdogSec=120
User=hearthwatch-monitor
WorkingDirectory=/var/lib/hearthwatch-monitor
# Passwords, access list and certificates; after an upgrade it takes changes of the access list over.
ExecStartPre=/bin/sh -c 'exec /usr/bin/hearthwatch-monitor setup --without-sensor >/dev/null'
ExecStart=/usr/bin/hearthwatch-monitor
# A start may upgrade a large database.
TimeoutStartSec=infinity
TimeoutStopSec=20
Restart=always
RestartSec=5
StateDirectory=hearthwatch-monitor
StateDirectoryMode=0700
CacheDirectory=hearthwatch-monitor
CacheDirectoryMode=0700

ProtectHome=yes
ReadWritePaths=/etc/hearthwatch-monitor
${hardening}
[Install]
WantedBy=multi-user.target
`
