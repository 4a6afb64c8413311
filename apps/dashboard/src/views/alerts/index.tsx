import { frame } from '../../words/frame.ts'

export default function Alerts() {
  return <h1>{frame().views.alerts}</h1>
}
