import { FieldError } from './errors.ts'

/**
 * A line of text that a person wrote, in any script, without blanks around it.
 * @param most characters; code points, not UTF-16 units
 * @throws FieldError
 */
export function checkedLine(field: string, given: string, most: number): string {
  const text = given.trim()
  if (text === '') throw new FieldError(`${field} must not be empty`, [{ field, problem: 'too-short', min: 1 }])
  if ([...text].length > most)
    throw new FieldError(`${field} must not have more than ${most} characters`, [{ field, problem: 'too-long', max: most }])
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text))
    throw new FieldError(`${field} must be one line of text`, [{ field, problem: 'wrong-format' }])
  return text
}
