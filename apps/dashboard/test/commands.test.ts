import { describe, it } from 'node:test'
import { startPage } from '@hearthwatch/testhouse/monitor/page-server'
import { need } from '@hearthwatch/testhouse/need'
import { useBrowser } from './browser.ts'

describe('The page of a monitor that is installed as a package', need('chromium'), () => {
  const open = useBrowser()

  for (const [locale, backup] of [
    ['en-GB', 'To make one now, run sudo hearthwatch-monitor backup'],
    ['zh-TW', '請在監控程式的機器上執行 sudo hearthwatch-monitor backup'],
  ] as const) {
    it(`names the commands of the package, not those of npm (${locale})`, async (t) => {
      const page = await startPage({ installation: 'package', DASHBOARD_PASSWORD: 'owner' }, { now: Date.now })
      t.after(() => page.close())
      page.liveState.show('kitchen', 'temperature', { value: 20, time: Date.now(), device: null })
      const tab = await open(t, page.url, { locale })
      await tab.locator('.login-where summary').click()
      await tab.getByText('sudo hearthwatch-monitor setup show', { exact: true }).waitFor()
      await tab.locator('input[type=password]').fill('owner')
      await tab.keyboard.press('Enter')
      await tab.getByText(backup).waitFor()
    })
  }
})
