import { route } from '../../route.ts'

export default function Room() {
  return <h1>{route.value.rest[0]}</h1>
}
