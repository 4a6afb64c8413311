export { type KeptFile, openKeptFile } from './json-file.ts'
export { type FileWatch, watchFile } from './watch.ts'
