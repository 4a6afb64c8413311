import { rooms } from '../../monitor/house.ts'
import { href } from '../../route.ts'
import { frame } from '../../words/frame.ts'

export default function Home() {
  return (
    <>
      <h1>{frame().views.home}</h1>
      <ul>
        {rooms.value?.map(({ room }) => (
          <li key={room}>
            <a href={href('room', room)}>{room}</a>
          </li>
        ))}
      </ul>
    </>
  )
}
