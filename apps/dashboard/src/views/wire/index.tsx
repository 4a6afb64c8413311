import { useEffect, useRef } from 'preact/hooks'
import { route, setQuery } from '../../route.ts'
import { frame } from '../../words/frame.ts'
import { isFilter } from './filter.ts'
import { FilterField } from './filter-field.tsx'
import { look } from './line.ts'
import { List } from './list.tsx'
import './wire.css'
import { say } from './words.ts'

/** How long somebody may pause in typing before the monitor is asked. ms */
const typing = 400

export default function Wire() {
  const asked = route.value.query.get('filter') ?? '#'
  // An address can be typed wrong, too.
  const filter = isFilter(asked) ? asked : '#'
  const isFirst = useRef(true)
  useEffect(() => {
    let lookAway = () => {}
    // A word that is half typed is a filter, too.
    const timer = setTimeout(
      () => {
        lookAway = look(filter)
      },
      isFirst.current ? 0 : typing,
    )
    isFirst.current = false
    return () => {
      clearTimeout(timer)
      lookAway()
    }
  }, [filter])
  return (
    <div class="wire">
      <h1>{frame().views.wire}</h1>
      <p class="quiet wire-text">{say().text}</p>
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
