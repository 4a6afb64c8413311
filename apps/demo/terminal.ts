import { styleText } from 'node:util'

const palette = ['cyan', 'magenta', 'yellow', 'blue', 'green', 'cyanBright', 'magentaBright'] as const

export type Terminal = ReturnType<typeof createTerminal>

/** Prints the lines of several processes, each with a coloured name. Without a TTY only the story and mails are printed. */
export function createTerminal(out: NodeJS.WriteStream = process.stdout) {
  const isTerminal = out.isTTY === true
  const colours = new Map<string, (typeof palette)[number]>()
  const paint = (format: Parameters<typeof styleText>[0], text: string) => styleText(format, text, { stream: out })

  function line(name: string, text: string): void {
    const colour = colours.get(name) ?? palette[colours.size % palette.length] ?? 'cyan'
    colours.set(name, colour)
    out.write(`${paint(colour, `${padded(name, 12)} │`)} ${text}\n`)
  }

  return {
    /** A line of one of the processes. */
    line: (name: string, text: string) => isTerminal && line(name, text),

    /** A step of the story. */
    story: (text: string) => out.write(`${paint('bold', `▸ ${text}`)}\n`),

    /** An error; always printed. */
    error: (text: string) => out.write(`${paint('red', text)}\n`),

    /** A mail in a frame. */
    mail(title: string, subject: string, body: string): void {
      const edge = paint('dim', '┃')
      out.write(`${edge} ${paint('bold', `✉ ${title}${subject}`)}\n`)
      for (const text of body.trim().split('\n')) out.write(`${edge} ${text}\n`)
    },
  }
}

/** Pads to a width in columns; a Chinese character is two columns wide. */
function padded(name: string, columns: number): string {
  const wide = name.match(/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]/gu)?.length ?? 0
  return name.padEnd(columns - wide)
}
