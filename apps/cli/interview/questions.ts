import type { Person } from '../terminal.ts'
import type { InterviewWords } from './words.ts'

/** Asks until the answer is valid. Enter takes the default. @param problem the sentence about an invalid answer */
export async function askFor(
  person: Person,
  question: string,
  usual: string,
  problem: (answer: string) => string | undefined = () => undefined,
): Promise<string> {
  for (;;) {
    const answer = (await person.ask(usual === '' ? question : `${question} [${usual}]`, [])) || usual
    const why = problem(answer)
    if (why === undefined) return answer
    person.say(why)
  }
}

/** Asks a question whose default is yes. */
export async function askYes(person: Person, question: string, { yes, no }: InterviewWords): Promise<boolean> {
  for (;;) {
    const answer = await person.ask(`${question} [Y/n]`, [])
    if (answer === '' || yes.test(answer)) return true
    if (no.test(answer)) return false
  }
}
