import type { NewSensor } from '@hearthwatch/api/sensors'
import { useSignal } from '@preact/signals'
import { Dialog } from '../../../parts/dialog.tsx'
import { Icon } from '../../../parts/icon.tsx'
import { route, setQuery } from '../../../route.ts'
import './add.css'
import { SensorForm } from './form.tsx'
import { Result } from './result.tsx'
import type { SetupLine } from './setup-line.ts'
import { say } from './words.ts'

/** The button that adds a sensor, and its dialog: first the form, then what the sensor needs. */
export function AddSensor() {
  // `#/devices?add` opens it, for links of other views.
  const isOpen = useSignal(route.value.query.has('add'))
  const close = () => {
    isOpen.value = false
    setQuery({ add: undefined })
  }
  return (
    <>
      <button type="button" class="button primary" onClick={() => (isOpen.value = true)}>
        <Icon name="plus" size={18} />
        {say().add}
      </button>
      {isOpen.value && <AddDialog onClose={close} />}
    </>
  )
}

function AddDialog({ onClose }: { onClose(): void }) {
  const made = useSignal<NewSensor | SetupLine | null>(null)
  if (made.value === null) return <SensorForm onMade={(result) => (made.value = result)} onClose={onClose} />
  return (
    // The password is shown only once.
    <Dialog title={say().titles[made.value.kind]} onClose={onClose} isSticky>
      <Result of={made.value} onClose={onClose} />
    </Dialog>
  )
}
