/** The agreement between the sensors, the monitor and everyone else. Nothing here does any I/O. */
export * from './names.ts'
export * from './payloads.ts'
export * from './quantities.ts'
export * from './reading.ts'
export * from './table.ts'
export * from './topics.ts'
