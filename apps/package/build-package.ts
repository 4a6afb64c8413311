import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundleSensor } from './bundle.ts'
import { type BuiltPackage, changelog, complete, copyright, gzip, nodeFor, type PackageOptions, writePackage } from './contents.ts'
import type { PackagedFile } from './deb.ts'

export type { BuiltPackage, PackageOptions } from './contents.ts'
export { type Architecture, architectures, cacheFolder } from './node-binary.ts'

const own = (name: string) => readFileSync(join(import.meta.dirname, 'sensor', name), 'utf8')
const name = 'hearthwatch-sensor'

/** Makes the Debian package of the sensor, with its own Node. The same sources, time and tools give the same bytes. */
export async function buildPackage(options: PackageOptions = {}): Promise<BuiltPackage> {
  const { onProgress, version, time } = complete(options)
  const notes: string[] = []
  onProgress('bundling the sensor', 0)
  const bundle = await bundleSensor()
  const node = await nodeFor(options, notes)

  const lib = `usr/lib/${name}`
  const doc = `usr/share/doc/${name}`
  const files: PackagedFile[] = [
    { path: `etc/${name}/sensor.env`, content: own('sensor.env'), mode: 0o600 },
    { path: `usr/bin/${name}`, content: own(`${name}.sh`), mode: 0o755 },
    { path: `${lib}/is-acknowledged.mjs`, content: own('is-acknowledged.mjs') },
    { path: `${lib}/node`, content: node.binary, mode: 0o755 },
    { path: `${lib}/sensor.mjs`, content: bundle.code },
    { path: `usr/lib/systemd/system/${name}.service`, content: own(`${name}.service`) },
    { path: `usr/lib/udev/rules.d/60-${name}.rules`, content: own(`60-${name}.rules`) },
    { path: `${doc}/changelog.gz`, content: gzip(changelog(name, version, time)) },
    { path: `${doc}/copyright`, content: copyright(bundle.libraries, 'sensor.mjs') },
    { path: `${doc}/node-notices.gz`, content: gzip(node.license) },
    { path: `usr/share/lintian/overrides/${name}`, content: own('lintian-overrides') },
    { path: `usr/share/man/man1/${name}.1.gz`, content: gzip(own(`${name}.1`)) },
  ]
  const contents = {
    name,
    depends: 'libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 9), systemd (>= 252)',
    description: [
      'sensor of Hearthwatch, a home sensor monitor over MQTT',
      ' Reads the probes of this machine by the kernel and publishes their values over',
      ' MQTT. Readings are stored until the monitor has acknowledged them. The package',
      ' contains its own Node.js.',
    ],
    files,
    scripts: { postinst: own('postinst'), postrm: own('postrm'), prerm: own('prerm') },
    conffiles: [`/etc/${name}/sensor.env`],
  }
  return writePackage(contents, options, notes)
}
