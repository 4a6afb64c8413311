import { execFile } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { hostname, networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exists, openFolder } from '@hearthwatch/files'
import { isName } from '@hearthwatch/protocol'
import { completeEnv, readEnv, type Setting, setEnv } from '@hearthwatch/settings'
import { namesOf } from '../broker/hostnames.ts'
import { checkSensor, readHost, type SetupRequest, UsageError } from '../setup-request.ts'
import type { Person } from '../terminal.ts'
import { askForMail, isMailOpen, type MailAnswers, mailSettings } from './mail.ts'
import { askFor, askYes } from './questions.ts'
import { type InterviewWords, interviewWords } from './words.ts'

/** The program of the monitor that sends a test mail, and explains what went wrong. */
const notifyTest = join(import.meta.dirname, '../../monitor/commands/notify-test.ts')

/** A conversation about an installation in this folder. */
export interface Interview {
  /** Asks for what is not known yet. @param given without a sensor there is no question about its room @throws an AbortError on Ctrl-C; nothing has changed then */
  ask(given: SetupRequest): Promise<SetupRequest>
  /** Writes the answers about mail into `.env`, which exists now, and sends a test mail. */
  finish(): Promise<void>
}

/** Asks only for what no file has; a second run over a complete installation asks nothing. */
export function createInterview(dir: string, person: Person, language: string | undefined): Interview {
  const words = interviewWords(language)
  const envFile = () => readFile(join(dir, '.env'), 'utf8').catch(() => '')
  let mail: MailAnswers | undefined
  let isGreeted = false
  let isNew = false
  const greeted: Person = {
    ...person,
    ask(...question) {
      if (!isGreeted) person.say(words.start)
      isGreeted = true
      return person.ask(...question)
    },
  }

  return {
    async ask(given) {
      const request: SetupRequest = { ...given }
      if (given.own.length > 0 && !(await exists(join(dir, '.env.sensor')))) request.own = [{ room: await askForRoom(greeted, words) }]
      if (!(await exists(join(dir, 'mosquitto/certs/server.crt')))) {
        const names = namesOf(hostname(), networkInterfaces())
        request.hosts = await askForNames(greeted, words, names)
      }
      const env = await envFile()
      isNew = env === ''
      if (isMailOpen(env)) mail = await askForMail(greeted, words, env)
      return request
    },

    async finish() {
      // Mails, alerts and page of a new house speak the language of this conversation.
      if (isNew && language !== undefined && language !== 'en') await write(dir, [{ name: 'UI_LANGUAGE', value: language }])
      if (mail === undefined) return
      for (;;) {
        await write(dir, mailSettings(mail))
        if (mail.server === '') return person.say(words.noMail)
        if (!(await askYes(person, words.test(mail.recipients), words))) return
        person.say(words.testing)
        const why = await sendTest(dir, language)
        person.say(why ?? words.accepted)
        if (why === undefined || !(await askYes(person, words.again, words))) return
        mail = await askForMail(person, words, '', mail)
      }
    },
  }
}

const askForRoom = (person: Person, words: InterviewWords) =>
  askFor(person, words.room, 'living-room', (room) => (isName(room) ? undefined : problemOf(() => checkSensor({ id: 'sensor', room }))))

async function askForNames(person: Person, words: InterviewWords, names: readonly string[]): Promise<string[]> {
  const split = (text: string) => text.split(/[\s,、]+/).filter((name) => name !== '')
  const question = `${words.names(names)}\n${words.moreNames}`
  const answer = await askFor(person, question, '', (text) => problemOf(() => split(text).map(readHost)))
  return split(answer).map(readHost)
}

function problemOf(check: () => unknown): string | undefined {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof UsageError) return error.message
    throw error
  }
}

async function write(dir: string, settings: readonly Setting[]): Promise<void> {
  const home = openFolder(dir, '.', await stat(dir))
  // In place at a commented name first, as in a copy of .env.example.
  let text = completeEnv(await home.read('.env'), '', settings)
  for (const { name, value } of settings) if ((readEnv(text)[name] ?? '') !== value) text = setEnv(text, name, value)
  await home.ensure('.env', text, 0o600)
}

/** Sends the mail with the monitor's own settings, in a process of its own. @returns the reason of a failure */
async function sendTest(dir: string, language: string | undefined): Promise<string | undefined> {
  const env = language === undefined ? process.env : { ...process.env, UI_LANGUAGE: language }
  return promisify(execFile)(process.execPath, [notifyTest, '--channel', 'mail'], { cwd: dir, env }).then(
    () => undefined,
    (error: Error & { stderr?: string }) => error.stderr?.trim() || error.message,
  )
}
