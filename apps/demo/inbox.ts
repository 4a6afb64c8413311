import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { simpleParser } from 'mailparser'
import { SMTPServer } from 'smtp-server'

export interface Mail {
  subject: string
  text: string
}

/** Starts an SMTP server that accepts every mail, writes it to `1.eml`, `2.eml`, … in `folder`, and calls `onMail`. */
export async function startInbox(port: number, folder: string, onMail: (mail: Mail) => void): Promise<{ close(): Promise<void> }> {
  let count = 0
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, done) {
      store(stream).then(() => done(), done)
    },
  })
  async function store(stream: NodeJS.ReadableStream): Promise<void> {
    const raw = Buffer.concat(await Array.fromAsync(stream as AsyncIterable<Buffer>))
    count += 1
    await writeFile(join(folder, `${count}.eml`), raw)
    const { subject = '', text = '' } = await simpleParser(raw)
    onMail({ subject, text })
  }
  server.listen(port, '127.0.0.1')
  await once(server.server, 'listening')
  return { close: () => new Promise((resolve) => server.close(() => resolve())) }
}
