import { frame } from '../../words/frame.ts'

export default function Notifications() {
  return <h1>{frame().views.notifications}</h1>
}
