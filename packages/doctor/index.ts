export { type BrokerAddress, checkBroker } from './broker.ts'
export { checkClock } from './clock.ts'
export { describeFindings, error, type Finding, ok, skipped, summarize, warning } from './finding.ts'
export { type Words, wordsOf } from './words.ts'
