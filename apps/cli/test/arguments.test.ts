import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { runSetup as setup } from '../command.ts'
import { contents, temporaryFolder } from './temporary-folder.ts'

describe('setup with an invalid command line', () => {
  const wrong: [title: string, args: string[]][] = [
    ['an unknown option', ['--colour']],
    ['an unknown command', ['destroy']],
    ['an id with capitals', ['--sensor', 'Pi']],
    ['the monitor’s name for a sensor', ['--sensor', 'monitor']],
    ['a room with a slash', ['--room', 'a/b']],
    ['two sensors for one machine', ['--sensor', 'a', '--sensor', 'b']],
    ['a sensor without a room', ['sensor', 'add']],
    ['a room of two words without quotes', ['sensor', 'add', 'living', 'room']],
    ['an invalid address of the broker', ['sensor', 'add', 'attic', '--broker', 'http://192.168.1.10']],
    ['an address that leads each machine to itself', ['sensor', 'add', 'attic', '--broker', 'localhost']],
    ['an option of another command', ['sensor', 'remove', 'pi-2', '--broker', '192.168.1.10']],
    ['a move without a room', ['sensor', 'move', 'pi-2']],
    ['the removal of an unknown sensor', ['sensor', 'remove', 'pi-9']],
    ['the former command', ['add-sensor', 'pi-2', 'attic']],
    ['an invalid host name', ['--host', '-rm']],
    ['an unknown sensor', ['show', 'pi-9']],
    ['a service without a room', ['compose', '--sensor', 'sensor-1']],
  ]
  for (const [title, args] of wrong) {
    it(`setup exits with 2 and makes no file for ${title}`, async () => {
      const dir = await temporaryFolder()
      const { code, output, errors } = await setup(['--dir', dir, ...args])
      assert.equal(code, 2, errors)
      assert.equal(output, '')
      assert.match(errors, /--help/)
      assert.deepEqual(await contents(dir), {})
      await rm(dir, { recursive: true })
    })
  }

  it('setup exits with 1 if there is nothing to show yet, or if the folder does not exist', async () => {
    const dir = await temporaryFolder()
    assert.equal((await setup(['--dir', dir, 'show'])).code, 1)
    assert.equal((await setup(['--dir', join(dir, 'nowhere')])).code, 1)
    await rm(dir, { recursive: true })
  })

  it('setup.ts prints help with --help, and exits with 2 for an unknown option', async () => {
    const program = join(import.meta.dirname, '../setup.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [program, '--help'])
    assert.match(stdout, /setup sensor …/)
    await assert.rejects(promisify(execFile)(process.execPath, [program, '--colour']), { code: 2, stdout: '' })
  })
})
