import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { launch } from '../test/browser.ts'

// Makes the PNG icons from public/icon.svg. Run `node icons/draw.ts` after a change of the drawing.

const folder = join(import.meta.dirname, '..', 'public')
const drawing = await readFile(join(folder, 'icon.svg'), 'utf8')

/** @param room share of the picture that the drawing fills: the system cuts the corners of a maskable icon */
async function draw(file: string, size: number, room: number, ground: string): Promise<void> {
  const browser = await launch()
  const tab = await browser.newPage({ viewport: { width: size, height: size } })
  await tab.setContent(
    `<style>body{margin:0;height:100vh;display:grid;place-items:center;background:${ground}}svg{width:${room * 100}%}</style>${drawing}`,
  )
  await writeFile(join(folder, file), await tab.screenshot({ omitBackground: true }))
  await browser.close()
}

await draw('icon-192.png', 192, 0.94, 'transparent')
await draw('icon-512.png', 512, 0.94, 'transparent')
await draw('icon-maskable-512.png', 512, 0.6, '#fff4e6')
