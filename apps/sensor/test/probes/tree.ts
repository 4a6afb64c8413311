import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'

/** A fake `/sys`, with folders and links as the kernel makes them. */
export interface Tree {
  readonly root: string
  write(path: string, text: string): void
  /** Makes a link at `path` to `target`, both below the root. */
  link(path: string, target: string): void
  remove(path: string): void
  end(): void
}

export function makeTree(files: Record<string, string> = {}): Tree {
  const root = mkdtempSync(join(tmpdir(), 'sysfs-'))
  const tree: Tree = {
    root,
    write(path, text) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), text)
    },
    link(path, target) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      symlinkSync(relative(dirname(join(root, path)), join(root, target)), join(root, path))
    },
    remove: (path) => rmSync(join(root, path), { recursive: true }),
    end: () => rmSync(root, { recursive: true }),
  }
  for (const [path, text] of Object.entries(files)) tree.write(path, text)
  return tree
}

/** Plugs in a DS18B20. @param value m°C, as the kernel writes it */
export function plugW1(tree: Tree, device: string, value = '21437\n'): { file: string; unplug(): void } {
  const home = `devices/w1_bus_master1/${device}`
  tree.write(`${home}/temperature`, value)
  tree.link(`bus/w1/devices/${device}`, home)
  return {
    file: `${home}/temperature`,
    unplug() {
      tree.remove(`bus/w1/devices/${device}`)
      tree.remove(home)
    },
  }
}

/** Plugs in a chip of the industrial I/O subsystem, at a place such as `i2c-1/1-0076`. */
export function plugIio(tree: Tree, number: number, place: string, files: Record<string, string>): { home: string; unplug(): void } {
  const home = `devices/platform/soc/${place}/iio:device${number}`
  for (const [name, text] of Object.entries(files)) tree.write(`${home}/${name}`, text)
  tree.link(`bus/iio/devices/iio:device${number}`, home)
  return {
    home,
    unplug() {
      tree.remove(`bus/iio/devices/iio:device${number}`)
      tree.remove(home)
    },
  }
}

/** Plugs in a chip of the hardware monitoring subsystem, with its link to the device. */
export function plugHwmon(tree: Tree, number: number, place: string, files: Record<string, string>): { home: string; unplug(): void } {
  const home = `devices/${place}/hwmon/hwmon${number}`
  for (const [name, text] of Object.entries(files)) tree.write(`${home}/${name}`, text)
  tree.link(`${home}/device`, `devices/${place}`)
  tree.link(`class/hwmon/hwmon${number}`, home)
  return {
    home,
    unplug() {
      tree.remove(`class/hwmon/hwmon${number}`)
      tree.remove(home)
    },
  }
}
