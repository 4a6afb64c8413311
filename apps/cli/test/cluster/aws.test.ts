import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { parseAcl, roomsIn } from '@hearthwatch/broker/acl'
import { isAllowed, type PolicyDocument } from '@hearthwatch/testhouse/brokers/aws/policy'
import { need } from '@hearthwatch/testhouse/need'
import { aws } from '../../cluster/aws/index.ts'
import { ownPolicies } from '../../cluster/aws/policy.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { assertNoWiderFilters, assertSameAnswers, house } from './table.ts'

const files = async (prefix = '') => new Map((await aws.files({ ...house, prefix })).map(({ name, text }) => [name, text]))

/** The policies that the script attaches to the thing of a user. */
async function policiesOf(user: string, prefix = ''): Promise<PolicyDocument[]> {
  const made = await files(prefix)
  const line = new RegExp(`^ +${user}\\) echo '(.*)' ;;$`, 'm').exec(made.get('things.sh') ?? '')
  return (line?.[1] ?? '').split(' ').map((name) => JSON.parse(made.get(`${name}.json`) ?? ''))
}

describe('The policies for AWS IoT Core', async () => {
  const byUser = new Map<string, PolicyDocument[]>()
  for (const { user } of house.logins) byUser.set(user, await policiesOf(user))
  const decides = (
    user: string,
    action: 'iot:Publish' | 'iot:RetainPublish' | 'iot:Receive' | 'iot:Subscribe',
    resource: string,
    thing = user,
  ) => isAllowed(byUser.get(user) ?? [], { action, resource, thing })

  it('give the same answers as the access list, apart from deeper topics of a room or device that is allowed anyway', () => {
    const deeper: { user: string; topic: string }[] = []
    assertSameAnswers((user, action, topic, expected) => {
      const answer = decides(user, action === 'write' ? 'iot:Publish' : 'iot:Receive', `topic/${topic}`)
      // AWS itself lets no client publish on topics that begin with $.
      if (action === 'write' && topic.startsWith('$')) return false
      if (!answer || expected) return answer
      deeper.push({ user, topic })
      return false
    })
    // `*` stands for `+`, and matches a slash, too.
    assert.ok(deeper.length > 0)
    for (const { user, topic } of deeper) {
      const own = [...(house.acl.users.get(user) ?? []), ...house.acl.patterns].map(({ filter }) => filter.replace('%u', user).split('+'))
      const isDeeper = own.some((parts) => topic.startsWith(parts[0] ?? '') && topic.endsWith(parts.at(-1) ?? ''))
      assert.ok(isDeeper, `${user} ${topic}`)
      const rooms = roomsIn(house.acl, user)
      if (user.startsWith('pi-'))
        assert.ok(
          rooms.some((room) => topic.startsWith(`home/${room}/`)),
          `${user} ${topic}`,
        )
    }
  })

  it('refuse subscriptions that would read more', () => {
    assertNoWiderFilters((user, filter) => decides(user, 'iot:Subscribe', `topicfilter/${filter}`))
  })

  it('allow to retain what the table of topics retains, and no heartbeat, batch or response', () => {
    for (const topic of ['home/kitchen/temperature', 'home/kitchen/sensor/status', 'device/pi-1/info', 'device/pi-1/status'])
      assert.ok(decides('pi-1', 'iot:RetainPublish', `topic/${topic}`), topic)
    for (const topic of ['device/pi-1/heartbeat', 'device/pi-1/readings', 'device/pi-1/response', 'home/attic/temperature'])
      assert.ok(!decides('pi-1', 'iot:RetainPublish', `topic/${topic}`), topic)
  })

  it('let a thing connect under its own name only, with a will, and the monitor alone with a session that lasts', () => {
    const connects = (user: string, id: string, attributes: string[], thing: string | undefined = user) =>
      isAllowed(byUser.get(user) ?? [], { action: 'iot:Connect', resource: `client/${id}`, thing, attributes })
    assert.ok(connects('pi-1', 'pi-1', ['LastWill']) && connects('pi-1', 'pi-1', []))
    assert.ok(!connects('pi-1', 'monitor', ['LastWill']) && !connects('pi-1', 'pi-2', []))
    assert.ok(!connects('pi-1', 'pi-1', ['PersistentConnect']))
    assert.ok(connects('monitor', 'monitor', ['PersistentConnect', 'LastWill']))
    assert.ok(!isAllowed(byUser.get('pi-1') ?? [], { action: 'iot:Connect', resource: 'client/pi-1', thing: undefined }))
  })

  it('put the prefix of the house before each topic', async () => {
    const policies = await policiesOf('pi-1', 'site-7/')
    const may = (topic: string) => isAllowed(policies, { action: 'iot:Publish', resource: `topic/${topic}`, thing: 'pi-1' })
    assert.ok(may('site-7/home/kitchen/temperature') && may('site-7/device/pi-1/info'))
    assert.ok(!may('home/kitchen/temperature') && !may('site-8/device/pi-1/info'))
  })

  it('have at most 2,048 characters each, also for a sensor in 30 rooms, and at most ten for a thing', () => {
    const rooms = Array.from({ length: 30 }, (_, i) => `topic write home/room number ${i}/+\n`)
    const many = ownPolicies(parseAcl(`user pi-1\n${rooms.join('')}pattern read device/%u/ack\n`), 'pi-1', '', false)
    const real = (document: object) =>
      JSON.stringify(document).replaceAll('PARTITION:iot:REGION:ACCOUNT', 'aws-us-gov:iot:ap-southeast-1:123456789012')
    for (const policy of [...many, ...[...byUser.values()].flat()]) assert.ok(real(policy).length <= 2048, `${real(policy).length}`)
    assert.ok(many.length > 1 && many.length < 9)
    for (let i = 0; i < 30; i++)
      assert.ok(isAllowed(many as PolicyDocument[], { action: 'iot:Publish', resource: `topic/home/room number ${i}/co2`, thing: 'pi-1' }))
  })

  it('refuse a room whose name is a wildcard there', () => {
    for (const room of ['a*', 'a?', `a\${b}`])
      assert.throws(() => ownPolicies(parseAcl(`user pi-1\ntopic write home/${room}/+\n`), 'pi-1', '', false), /cannot name home/)
  })

  it('of every sensor are these', async () => {
    const made = await files()
    for (const name of ['every-sensor', 'pi-1']) {
      const expected = JSON.parse(await readFile(new URL(`aws-${name}.json`, import.meta.url), 'utf8'))
      assert.deepEqual(JSON.parse(made.get(`hearthwatch-${name}.json`) ?? ''), expected)
    }
  })
})

describe('The script things.sh', () => {
  let dir: string
  const log = () => readFile(join(dir, 'calls'), 'utf8').catch(() => '')
  const run = (...args: string[]) =>
    promisify(execFile)('sh', [join(dir, 'things.sh'), ...args], {
      env: { PATH: `${dir}/bin:${process.env.PATH}`, AWS_REGION: 'eu-central-1' },
    })
  before(async () => {
    dir = await temporaryFolder()
    for (const [name, text] of await files()) await writeFile(join(dir, name), text)
    await mkdir(join(dir, 'bin'))
    // Stands for the command of AWS, which needs an account. It remembers what it was told to make.
    await writeFile(
      join(dir, 'bin/aws'),
      `#!/bin/sh
echo "$*" >>'${dir}/calls'
case "$1 $2" in
  'sts get-caller-identity') echo arn:aws:iam::123456789012:user/ann ;;
  'iot describe-endpoint') echo abc-ats.iot.eu-central-1.amazonaws.com ;;
  'iot get-policy') test -f '${dir}/bin/'"$4" ;;
  'iot create-policy') touch '${dir}/bin/'"$4" ;;
  'iot list-policy-versions') echo None ;;
  'iot describe-thing') test -f '${dir}/bin/thing-'"$4" ;;
  'iot create-thing') touch '${dir}/bin/thing-'"$4" ;;
  'iot create-keys-and-certificate') echo CERTIFICATE >"$5"; echo KEY >"$7"; echo arn:aws:iot:eu-central-1:123456789012:cert/1 ;;
esac
`,
    )
    await chmod(join(dir, 'bin/aws'), 0o755)
  })
  after(() => rm(dir, { recursive: true }))

  it('has no fault for shellcheck', need('shellcheck'), async () => {
    await promisify(execFile)('shellcheck', [join(dir, 'things.sh')])
  })

  it('makes policies, things and certificates of the named things, with their settings', async () => {
    await run('pi-1', 'monitor')
    const calls = await log()
    assert.match(
      calls,
      /iot create-policy --policy-name hearthwatch-pi-1 --policy-document \{\n.*"arn:aws:iot:eu-central-1:123456789012:topic\/home\/kitchen\/\*"/s,
    )
    assert.match(calls, /attach-policy --policy-name hearthwatch-every-sensor --target arn:aws:iot:eu-central-1:123456789012:cert\/1\n/)
    assert.match(calls, /attach-thing-principal --thing-name monitor /)
    assert.doesNotMatch(calls, /hearthwatch-guest|PARTITION|pi-2/)
    assert.equal(
      await readFile(join(dir, 'pi-1/settings.env'), 'utf8'),
      'MQTT_URL=mqtts://abc-ats.iot.eu-central-1.amazonaws.com:443\nMQTT_PROFILE=aws\nMQTT_CLIENT_ID=pi-1\nMQTT_CERT_FILE=certificate.pem\nMQTT_KEY_FILE=private.key\nSENSOR_ID=pi-1\n',
    )
    assert.doesNotMatch(await readFile(join(dir, 'monitor/settings.env'), 'utf8'), /SENSOR_ID/)
  })

  it('changes policies alone when it runs again', async () => {
    await rm(join(dir, 'calls'))
    await run('pi-1')
    const calls = await log()
    assert.match(calls, /create-policy-version --policy-name hearthwatch-pi-1 .*--set-as-default/s)
    assert.doesNotMatch(calls, /create-thing |create-keys|create-policy /)
  })

  it('refuses an unknown thing before it changes anything', async () => {
    await rm(join(dir, 'calls'))
    await assert.rejects(run('pi-1', 'nobody'), { code: 2, stderr: /no thing nobody; there are: .*monitor/ })
    assert.doesNotMatch(await log(), /create|attach/)
  })
})
