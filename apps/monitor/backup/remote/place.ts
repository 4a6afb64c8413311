/** A place for backups on another machine. Each call may throw a BackupError. */
export interface RemotePlace {
  /** The address without password and key, for messages. */
  shown: string
  /** The names of all files there; empty if the folder does not exist yet. Writes nothing. */
  list(): Promise<string[]>
  /** Copies a file there. It has its name only when it is complete. */
  upload(file: string, name: string): Promise<void>
  /** Copies a file from there. An existing one here is replaced. */
  download(name: string, file: string): Promise<void>
  remove(name: string): Promise<void>
  close(): Promise<void>
}

/** The needs of a place beside its address. */
export interface RemoteKeys {
  /** Fingerprint of the SFTP server's key, `SHA256:…`; undefined: known_hosts decides. */
  BACKUP_HOST_KEY?: string | undefined
  /** A private key for SFTP, as text; undefined: the password of the address, else the usual files in ~/.ssh. */
  BACKUP_SSH_KEY?: string | undefined
}
