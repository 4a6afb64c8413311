/**
 * There is no connection, or it broke before the broker had answered: the caller may send again on the next one.
 * Anything else that `publish` and `subscribe` throw would fail on the next connection too.
 */
export class NotConnected extends Error {
  constructor(why: string) {
    super(why === '' ? 'not connected' : `not connected: ${why}`)
    this.name = 'NotConnected'
  }
}
