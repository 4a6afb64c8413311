import { createInterface } from 'node:readline/promises'

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
