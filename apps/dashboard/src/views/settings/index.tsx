import { frame } from '../../words/frame.ts'

export default function Settings() {
  return <h1>{frame().views.settings}</h1>
}
