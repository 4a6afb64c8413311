import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** Asks a question on the terminal; with choices, a number or a text of one's own is an answer. */
export async function askPerson(question: string, choices: readonly string[]): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (const [index, choice] of choices.entries()) process.stderr.write(`  ${index + 1}  ${choice}\n`)
    const answer = (await terminal.question(choices.length > 0 ? `${question} [1] ` : `${question}: `)).trim()
    return choices[Number(answer === '' ? 1 : answer) - 1] ?? answer
  } finally {
    terminal.close()
  }
}

/** True if a person sits at the terminal. */
export const isTerminal = () => process.stdin.isTTY === true && process.stderr.isTTY === true

/** Asks for a password, which is not shown. */
export async function askHidden(question: string): Promise<string> {
  const muted = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: muted, terminal: true })
  process.stderr.write(`${question}: `)
  try {
    return await terminal.question('')
  } finally {
    process.stderr.write('\n')
    terminal.close()
  }
}
