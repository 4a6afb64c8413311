/**
 * Makes a process as slow as on a slower machine: it runs for some time, and is stopped for some.
 * @param runs ms
 * @param stops ms
 * @returns lets it run again
 */
export function slowDown(pid: number, runs: number, stops: number): () => void {
  let timer: NodeJS.Timeout
  const run = () => {
    process.kill(pid, 'SIGCONT')
    timer = setTimeout(pause, runs)
  }
  const pause = () => {
    process.kill(pid, 'SIGSTOP')
    timer = setTimeout(run, stops)
  }
  run()
  return () => {
    clearTimeout(timer)
    process.kill(pid, 'SIGCONT')
  }
}
