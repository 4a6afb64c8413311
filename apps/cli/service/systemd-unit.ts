export type Program = 'monitor' | 'sensor'

export interface UnitRequest {
  program: Program
  /** Folder of the clone, an absolute path. */
  dir: string
  /** Its owner, who runs the program. */
  user: string
  /** Path of Node 24. */
  node: string
}

/** The name of the unit of a program. */
export const unitName = (program: Program): string => `hearthwatch-${program}.service`

/** Lines of a unit that leave a program without privileges, devices and the processes of others, and unable to write anywhere. */
export const hardening = `UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
ProtectSystem=strict
PrivateTmp=yes
PrivateMounts=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
`

/**
 * A unit of systemd that runs a program of this clone as its owner. The program may write in the clone alone. It has no
 * privileges, and sees neither devices nor the processes of others.
 */
export function unitText({ program, dir, user, node }: UnitRequest): string {
  const main = `${dir}/apps/${program}/main.ts`
  // After git pull the page is older than its sources.
  const build = program === 'monitor' ? [`ExecStartPre=${quoted(node)} ${quoted(`${dir}/apps/dashboard/build.ts`)} --if-needed`] : []
  return `# Made by npm run setup -- service, which writes it again.
[Unit]
Description=Hearthwatch ${program}
# No network-online.target: without a network it waits for its broker by itself.
After=time-set.target mosquitto.service
StartLimitIntervalSec=0

[Service]
Type=notify
# systemd-notify is another process.
NotifyAccess=all
WatchdogSec=120
User=${user}
WorkingDirectory=${quoted(dir, false)}
${build.join('\n')}
ExecStart=${quoted(node)} --max-semi-space-size=4 ${quoted(main)}
Environment=${quoted(`NODE_COMPILE_CACHE=${dir}/node_modules/.cache/node`)}
# A start may upgrade a large database.
TimeoutStartSec=infinity
TimeoutStopSec=20
Restart=always
RestartSec=5

ProtectHome=read-only
ReadWritePaths=${quoted(dir)}
${hardening}
[Install]
WantedBy=multi-user.target
`.replace(/\n\n(ExecStart=)/, '\n$1')
}

/** `%` begins a specifier of systemd, and `$` a variable in a command. systemd.unit(5), systemd.service(5) */
function quoted(text: string, inQuotes = true): string {
  const plain = text.replaceAll('%', '%%')
  if (!inQuotes || /^[\w./=@%+:-]+$/.test(text)) return plain
  return `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('$', '$$$$')}"`
}
