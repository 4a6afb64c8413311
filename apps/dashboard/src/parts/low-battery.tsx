import { frame } from '../words/frame.ts'
import { Icon } from './icon.tsx'
import './low-battery.css'

/** The sign of a battery that is almost empty, so that colour is not the only one. */
export function LowBattery() {
  return (
    <span title={frame().batteryLow}>
      <Icon name="battery" size={18} />
      <span class="unseen">{frame().batteryLow}: </span>
    </span>
  )
}
