/** All that `npm run flash` shows to people. */
export interface Words {
  isDietPi(name: string): string
  isNoPiCard(name: string): string
  is32Bit(name: string): string
  isNoPiOs(name: string): string
  hasBootcmd(key: string, line: string): string
  hasVendorData(name: string): string
  noCard: string
  manyCards(names: readonly string[]): string
  whichCard: string
  noRoom: string
  askRoom: string
  askProbe: string
  askWifi: string
  askWifiPassword: string
  askCountry: string
  needsCountry: string
  needsWifiPassword: string
  wrongWifiPassword: string
  wrongSsid: string
  wrongCountry: string
  wrongHostname: string
  wrongKey: string
  wrongProbe(text: string, known: readonly string[]): string
  full(needed: number, free: number): string
  card(name: string, starter: string): string
  unpacking: string
  packaging: string
  account: string
  writing: string
  verifying: string
  notHeld(path: string): string
  wouldWrite(path: string, bytes: number): string
  wouldDelete(path: string): string
  wouldAdd(id: string, room: string): string
  secret: string
  dryRun: string
  upgrade(id: string): string
  keptUserData: string
  done(id: string, room: string, broker: string): string
  next(isMounted: boolean): string[]
  plain(broker: string): string
  noBroker(broker: string): string
  reload(commands: readonly string[]): string
  stopped: string
  waiting(id: string): string
  firstReading(id: string, room: string, values: string): string
  noReading(minutes: number): string
  noMonitor(url: string): string
  noLog: string
  never: string
  log: string
  ready: string
  failed(line: string): string
  unfinished: string
}
