export { makeFolder } from './folder.ts'
export { type JsonFile, openJsonFile } from './json-file.ts'
export { makePrivate } from './private-file.ts'
export { type FileWatch, watchFile } from './watch.ts'
