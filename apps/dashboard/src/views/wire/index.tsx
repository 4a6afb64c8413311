import { frame } from '../../words/frame.ts'

export default function Wire() {
  return <h1>{frame().views.wire}</h1>
}
