export { ports } from './address.ts'
export { connect } from './connect.ts'
export type { Link, LinkOptions, LinkState, Packet, Will } from './link.ts'
export { NotConnected } from './not-connected.ts'
