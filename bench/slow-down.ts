/**
 * Makes a process as slow as on a slower machine: it runs for some time, and is stopped for some. It may end meanwhile.
 * @param runs ms
 * @param stops ms
 * @returns lets it run again
 */
export function slowDown(pid: number, runs: number, stops: number): () => void {
  let timer: NodeJS.Timeout
  const run = () => {
    signal(pid, 'SIGCONT')
    timer = setTimeout(pause, runs)
  }
  const pause = () => {
    signal(pid, 'SIGSTOP')
    timer = setTimeout(run, stops)
  }
  run()
  return () => {
    clearTimeout(timer)
    signal(pid, 'SIGCONT')
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
