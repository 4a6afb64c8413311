/// <reference lib="webworker" />
import { showPushes } from './push.ts'

/**
 * Caches the files of the page, so that it opens while the monitor cannot be reached. Answers of the API are never cached
 * here. Files of the monitor win over cached ones, so an upgrade is never missed. It also shows the monitor's messages.
 */
declare const self: ServiceWorkerGlobalScope

/** Filled in by the build: the list of all files, and a hash of them. */
const files: readonly string[] = FILES
const version: string = VERSION

const name = `hearthwatch-${version}`
/** ms until the cached page is shown instead of the monitor's answer */
const patience = 4000

showPushes(self)

self.addEventListener('install', (event) => {
  event.waitUntil(keepAll())
})

async function keepAll(): Promise<void> {
  const cache = await caches.open(name)
  // Bypasses the browser's HTTP cache: a mix of two versions would be cached for ever.
  await cache.addAll(files.map((file) => new Request(file, { cache: 'no-cache' })))
  await self.skipWaiting()
}

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

/** Deletes old versions. An open page that needs an old file offers to reload itself. */
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

/** The monitor's page, or the cached one if the monitor does not answer. */
async function pageOf(request: Request): Promise<Response> {
  const end = new AbortController()
  const timer = setTimeout(() => end.abort(), patience)
  try {
    const answer = await fetch(request, { signal: end.signal })
    // A proxy without its monitor answers with an error page of its own.
    if (answer.ok) return answer
    return answer.status >= 500 ? ((await caches.match('./index.html')) ?? answer) : answer
  } catch {
    return (await caches.match('./index.html')) ?? Response.error()
  } finally {
    clearTimeout(timer)
  }
}

/** A file with a hash in its name never changes. */
async function fileOf(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}
