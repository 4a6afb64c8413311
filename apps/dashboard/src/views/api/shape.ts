import type { Schema } from './document.ts'

/** A schema in TypeScript notation, with the descriptions of its fields as comments. */
export function shapeOf(schema: Schema, indent = ''): string {
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf) return schema.anyOf.map((one) => shapeOf(one, indent)).join(' | ')
  if (schema.type === 'array') return listOf(schema.items ?? {}, indent)
  if (schema.type === 'object' || schema.properties) return objectOf(schema, indent)
  return schema.type ?? 'any'
}

function listOf(items: Schema, indent: string): string {
  const shape = shapeOf(items, indent)
  return shape.includes(' | ') && !shape.startsWith('{') ? `(${shape})[]` : `${shape}[]`
}

function objectOf({ properties, required = [], additionalProperties }: Schema, indent: string): string {
  const deeper = `${indent}  `
  const lines = Object.entries(properties ?? {}).map(([name, schema]) => {
    const key = /^\w+$/.test(name) ? name : JSON.stringify(name)
    const said = saidOf(schema)
    return `${deeper}${key}${required.includes(name) ? '' : '?'}: ${shapeOf(schema, deeper)}${said === '' ? '' : `  // ${said}`}`
  })
  if (typeof additionalProperties === 'object') lines.push(`${deeper}[name]: ${shapeOf(additionalProperties, deeper)}`)
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`
}

/** The description of a field, or of its only schema besides null. */
function saidOf(schema: Schema): string {
  return schema.description ?? schema.anyOf?.find(({ description }) => description !== undefined)?.description ?? ''
}

/** An example value of a schema. */
export function exampleOf(schema: Schema): unknown {
  if (schema.default !== undefined) return schema.default
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return exampleOf(schema.anyOf[0] ?? {})
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([name]) => !schema.required || schema.required.includes(name))
          .map(([name, property]) => [name, exampleOf(property)]),
      )
    case 'array':
      return schema.items ? [exampleOf(schema.items)] : []
    case 'integer':
    case 'number':
      return schema.minimum ?? 0
    case 'boolean':
      return true
    default:
      return schema.type === 'null' ? null : '…'
  }
}
