/** How the monitor was installed: from a clone of the repository, by Docker Compose, or as a package of Debian. */
export const installations = ['clone', 'compose', 'package'] as const
export type Installation = (typeof installations)[number]

/** Commands of npm that the monitor has on each installation; `setup` and `restore` have services of their own in Compose. */
const commands = /(?:sudo )?npm run (setup|doctor|backup|restore|export|notify-test|rebuild)(?: --)?(?![\w-])/g
const start = /\bnpm start\b/g

/** A text that names commands of npm, with the commands as they are called on this installation. */
export function asCalled(text: string, installation: Installation): string {
  if (installation === 'clone') return text
  if (installation === 'package')
    return text.replaceAll(commands, 'sudo hearthwatch-monitor $1').replaceAll(start, 'sudo systemctl start hearthwatch-monitor')
  return text
    .replaceAll(commands, (_, name) =>
      name === 'setup' || name === 'restore'
        ? `docker compose run --rm ${name}`
        : `docker compose exec monitor node apps/monitor/commands/${name}.ts`,
    )
    .replaceAll(start, 'docker compose up -d')
}
