import { frame } from '../../words/frame.ts'

export default function Rules() {
  return <h1>{frame().views.rules}</h1>
}
