import { pbkdf2Sync } from 'node:crypto'

/** The key of a WPA network: 64 hexadecimal digits, from which nobody can read the password. */
export function wifiKey(ssid: string, password: string): string {
  return /^[0-9a-f]{64}$/i.test(password) ? password.toLowerCase() : pbkdf2Sync(password, ssid, 4096, 32, 'sha1').toString('hex')
}

/** True for a password that WPA allows; an empty one is an open network. */
export function isWifiPassword(password: string): boolean {
  return password === '' || /^[\x20-\x7e]{8,63}$/.test(password) || /^[0-9a-f]{64}$/i.test(password)
}

export function isSsid(ssid: string): boolean {
  const { length } = Buffer.from(ssid)
  return length >= 1 && length <= 32
}

/** A connection of NetworkManager. */
export function wifiConnection(ssid: string, password: string): string {
  // Other characters have a meaning in this file, so such a name is a list of bytes.
  const name =
    /^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]*[\p{L}\p{N}])?$/u.test(ssid) && !/^[\d;]+$/.test(ssid) ? ssid : `${[...Buffer.from(ssid)].join(';')};`
  const security = password === '' ? [] : ['', '[wifi-security]', 'key-mgmt=wpa-psk', `psk=${wifiKey(ssid, password)}`]
  return [
    ...['[connection]', 'id=hearthwatch-sensor', 'type=wifi', 'autoconnect=true', 'autoconnect-retries=0', ''],
    ...['[wifi]', 'mode=infrastructure', `ssid=${name}`, ...security, ''],
    ...['[ipv4]', 'method=auto', '', '[ipv6]', 'method=auto', ''],
  ].join('\n')
}
