import { frame } from '../../words/frame.ts'

export default function Devices() {
  return <h1>{frame().views.devices}</h1>
}
