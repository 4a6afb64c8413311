import { useEffect, useRef } from 'preact/hooks'
import { route, setQuery } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { isFilter } from './filter.ts'
import { FilterField } from './filter-field.tsx'
import { List } from './list.tsx'
import { subscribe } from './packet-list.ts'
import './wire.css'
import { say } from './words.ts'

/** ms after the last key before a new filter is subscribed */
const typing = 400

export default function Wire() {
  const asked = route.value.query.get('filter') ?? '#'
  // The filter in a typed address may be invalid.
  const filter = isFilter(asked) ? asked : '#'
  const isFirst = useRef(true)
  useEffect(() => {
    let unsubscribe = () => {}
    // A half typed filter is valid as well, so wait until the typing pauses.
    const timer = setTimeout(
      () => {
        unsubscribe = subscribe(filter)
      },
      isFirst.current ? 0 : typing,
    )
    isFirst.current = false
    return () => {
      clearTimeout(timer)
      unsubscribe()
    }
  }, [filter])
  return (
    <div class="stack wire">
      <h1>{frame().views.wire}</h1>
      <p class="quiet lead">{say().text}</p>
      <FilterField
        asked={asked}
        filter={filter}
        onFilter={(next) => {
          if (isFilter(next)) setQuery({ filter: next === '#' ? undefined : next })
        }}
      />
      <List filter={filter} />
    </div>
  )
}
