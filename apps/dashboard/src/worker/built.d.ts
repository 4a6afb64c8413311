/** Constants that the build fills in. */
declare const FILES: readonly string[]
declare const VERSION: string
