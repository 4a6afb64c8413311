/** The house cannot be backed up, for a reason that the user can resolve. */
export class BackupError extends Error {
  override name = 'BackupError'
}

/** The file is no backup that can be restored. */
export class UnreadableBackup extends Error {
  override name = 'UnreadableBackup'
}
