/** The severities of an alert, least severe first. */
export const severities = ['info', 'warning', 'critical'] as const
export type Severity = (typeof severities)[number]

/** Orders two severities, least severe first. */
export const compareSeverity = (a: Severity, b: Severity) => severities.indexOf(a) - severities.indexOf(b)
