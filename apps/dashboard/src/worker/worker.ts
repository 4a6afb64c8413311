/// <reference lib="webworker" />
export {}

/**
 * Keeps the page's own files, so that it opens while the monitor is away. What the house says is never kept here: the
 * page itself remembers it, with its time. Whenever the monitor answers, its files win, so an upgrade is never missed.
 */
declare const self: ServiceWorkerGlobalScope

/** Filled in when the page is built: all files, and what changes with any of them. */
const files: readonly string[] = FILES
const version: string = VERSION

const name = `hearthwatch-${version}`
/** How long the monitor may take before the kept page is shown. ms */
const patience = 4000

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll())
})

async function keepAll(): Promise<void> {
  const cache = await caches.open(name)
  // Past the browser's own cache: a half of yesterday would be kept for ever.
  await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })))
  await self.skipWaiting()
}

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

/** A page that is open and needs a file of the version before offers to load itself anew. */
async function takeOver(): Promise<void> {
  const old = (await caches.keys()).filter((key) => key.startsWith('hearthwatch-') && key !== name)
  await Promise.all(old.map((key) => caches.delete(key)))
  await self.clients.claim()
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  const path = url.pathname.slice(new URL(self.registration.scope).pathname.length)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate') {
    if (path === '' || path === 'index.html') event.respondWith(pageOf(request))
  } else if (path.startsWith('assets/') || files.includes(`./${path}`)) event.respondWith(fileOf(request))
})

/** The monitor's page; the kept one where it does not answer. */
async function pageOf(request: Request): Promise<Response> {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), patience)
  try {
    const answer = await fetch(request, { signal: end.signal })
    // A proxy whose monitor is away has a page of its own, of no use to anybody.
    if (answer.ok) return answer
    return answer.status >= 500 ? ((await caches.match('./index.html')) ?? answer) : answer
  } catch {
    return (await caches.match('./index.html')) ?? Response.error()
  } finally {
    clearTimeout(timer)
  }
}

/** A file with its hash in its name is the same wherever it comes from. */
async function fileOf(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}
