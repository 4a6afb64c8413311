import type { House } from '@hearthwatch/api/house'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../../monitor/ask.ts'
import { locale } from '../../words/language.ts'
import { number } from '../../words/numbers.ts'
import { minute } from '../../words/times.ts'
import { say } from './words.ts'

const megabyte = 1024 * 1024

/** Size of the database, number of readings, and backups. */
export function Stored() {
  const house = useSignal<House | null>(null)
  useEffect(() => {
    ask<House>('api/house').then(
      (found) => (house.value = found),
      () => {},
    )
  }, [])
  if (house.value === null) return null
  const { size, readings, retentionDays, backups } = house.value
  const megabytes = new Intl.NumberFormat(locale.value, { maximumFractionDigits: size < 10 * megabyte ? 1 : 0 }).format(size / megabyte)
  const newest = backups.newest === null ? say().noBackup : minute(backups.newest)
  return (
    <dl class="stored">
      <dt>{say().readings}</dt>
      <dd>{number(readings)}</dd>
      <dt>{say().databaseSize}</dt>
      <dd>{megabytes} MB</dd>
      <dt>{say().retention}</dt>
      <dd>{retentionDays === null ? say().forEver : say().days(retentionDays)}</dd>
      <dt>{say().backup}</dt>
      <dd>{backups.nightly ? newest : `${newest} · ${say().notNightly}`}</dd>
    </dl>
  )
}
