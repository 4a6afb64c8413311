/** The severities of an alert, least severe first. */
export const severities = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]

/** @returns true if `severity` is at least `minimum` */
export const isAtLeast = (severity: Severity, minimum: Severity) => severities.indexOf(severity) >= severities.indexOf(minimum)
