import type { RefObject } from 'preact'
import { useEffect, useState } from 'preact/hooks'

interface Near {
  isNear: boolean
  /** Height of the element when it came or went, px. */
  height: number
}

const listeners = new WeakMap<Element, (near: Near) => void>()
/** Elements within one and a half screens count, so that a slow scroll shows no empty place. */
const observer = new IntersectionObserver(
  (entries) => {
    for (const {
      target,
      isIntersecting: isNear,
      boundingClientRect: { height },
    } of entries)
      listeners.get(target)?.({ isNear, height })
  },
  { rootMargin: '150% 0px' },
)

/** Tells whether the element is in view or close to it. */
export function useNear(element: RefObject<Element | null>): Near {
  const [near, setNear] = useState<Near>({ isNear: false, height: 0 })
  useEffect(() => {
    const { current } = element
    if (current === null) return
    listeners.set(current, setNear)
    observer.observe(current)
    return () => observer.unobserve(current)
  }, [])
  return near
}
