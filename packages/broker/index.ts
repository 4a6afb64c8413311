export type { LoginEvents } from './access/watched-logins.ts'
export { type Broker, type BrokerOptions, startBroker } from './broker.ts'
export type { Counts } from './counts.ts'
export type { Limits } from './limits.ts'
