import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Files of the kernel's industrial I/O subsystem, and its units: m°C, m% and %. */
const files: Record<string, { file: string; scale: number }> = {
  temperature: { file: 'in_temp_input', scale: 1000 },
  humidity: { file: 'in_humidityrelative_input', scale: 1000 },
  co2: { file: 'in_concentration_co2_input', scale: 1e-4 },
}

/**
 * Makes the files of a chip as the kernel shows them below `/sys`, so that the real driver of the sensor reads them.
 * @param root stands for `/sys`
 * @returns a function that sets the values
 */
export async function simulateChip(root: string): Promise<(values: Record<string, number>) => Promise<void>> {
  const devices = join(root, 'bus', 'iio', 'devices')
  const real = join(root, 'devices', 'i2c-1', '1-0062', 'iio:device0')
  await mkdir(devices, { recursive: true })
  await mkdir(real, { recursive: true })
  await writeFile(join(real, 'name'), 'demo\n')
  await symlink(real, join(devices, 'iio:device0'))
  return async (values) => {
    for (const [quantity, value] of Object.entries(values)) {
      const { file, scale } = files[quantity] ?? {}
      if (file === undefined || scale === undefined) continue
      const path = join(real, file)
      // Renamed, so that the sensor never reads half of it.
      await writeFile(`${path}.next`, `${Number((value * scale).toFixed(6))}\n`)
      await rename(`${path}.next`, path)
    }
  }
}
