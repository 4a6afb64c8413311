import { createInterface, type Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'

/** A person at a terminal. Each question throws an AbortError on Ctrl-C and on Ctrl-D. */
export interface Person {
  /** Asks a question; with choices, a number or a text of one's own is an answer. */
  ask(question: string, choices: readonly string[]): Promise<string>
  /** Asks for a secret, which is not shown. */
  askHidden(question: string): Promise<string>
  /** Prints a line. */
  say(line: string): void
}

/** Asks a question on the terminal; with choices, a number or a text of one's own is an answer. */
export async function askPerson(question: string, choices: readonly string[]): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    for (const [index, choice] of choices.entries()) process.stderr.write(`  ${index + 1}  ${choice}\n`)
    const answer = (await answerOf(terminal, choices.length > 0 ? `${question} [1] ` : `${question}: `)).trim()
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
    return await answerOf(terminal, '')
  } finally {
    process.stderr.write('\n')
    terminal.close()
  }
}

/** The person at this terminal. */
export const personHere: Person = { ask: askPerson, askHidden, say: (line) => process.stderr.write(`${line}\n`) }

/** At the end of its input a question of readline would never be settled. */
async function answerOf(terminal: Interface, question: string): Promise<string> {
  const ended = new AbortController()
  terminal.once('close', () => ended.abort())
  return terminal.question(question, { signal: ended.signal })
}
