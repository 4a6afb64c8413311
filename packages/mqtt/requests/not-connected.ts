/**
 * There is no connection, or it broke before the broker answered: the caller may retry on the next connection.
 * Any other error of `publish` and `subscribe` would occur on the next connection too.
 */
export class NotConnected extends Error {
  constructor(why: string) {
    super(why === '' ? 'not connected' : `not connected: ${why}`)
    this.name = 'NotConnected'
  }
}
