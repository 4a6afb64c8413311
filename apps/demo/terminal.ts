import { styleText } from 'node:util'

const palette = ['cyan', 'magenta', 'yellow', 'blue', 'green', 'cyanBright', 'magentaBright'] as const

export type Terminal = ReturnType<typeof createTerminal>

/** One terminal for many processes: a coloured name before each line. Without a TTY only the story is told. */
export function createTerminal(out: NodeJS.WriteStream = process.stdout) {
  const talkative = out.isTTY === true
  const colours = new Map<string, (typeof palette)[number]>()
  const paint = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream: out })

  function line(name: string, text: string): void {
    const colour = colours.get(name) ?? palette[colours.size % palette.length] ?? 'cyan'
    colours.set(name, colour)
    out.write(`${paint(colour, `${padded(name, 12)} │`)} ${text}\n`)
  }

  return {
    /** A line of one of the processes. */
    line: (name: string, text: string) => talkative && line(name, text),

    /** A step of the story. */
    story: (text: string) => out.write(`${paint('bold', `▸ ${text}`)}\n`),

    /** What went wrong, in any case. */
    trouble: (text: string) => out.write(`${paint('red', text)}\n`),

    /** A mail in a frame. */
    mail(title: string, subject: string, body: string): void {
      const edge = paint('dim', '┃')
      out.write(`${edge} ${paint('bold', `✉ ${title}${subject}`)}\n`)
      for (const text of body.trim().split('\n')) out.write(`${edge} ${text}\n`)
    },
  }
}

/** To a width in columns: a Chinese character takes two. */
function padded(name: string, columns: number): string {
  const wide = name.match(/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0
  return name.padEnd(columns - wide)
}
