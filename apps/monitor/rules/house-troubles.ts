/**
 * Names of the alerts about the upkeep of the house. `certificate`: that of the broker ends soon, and nobody has renewed it;
 * `backup`: the last one has failed. `disk`: that of the database is nearly full.
 */
export const houseAlerts = ['certificate', 'backup', 'disk'] as const
export type HouseAlert = (typeof houseAlerts)[number]

/** The troubles of the upkeep, by alert. An alert of which nothing is known since the start stays as it was. */
export interface HouseTroubles {
  /** @param text the reason; null: nothing is wrong */
  report(name: HouseAlert, text: string | null): void
  /** The reason; null: nothing is wrong; undefined: not known since the start */
  of(name: HouseAlert): string | null | undefined
}

export function createHouseTroubles(): HouseTroubles {
  const known = new Map<HouseAlert, string | null>()
  return {
    report: (name, text) => void known.set(name, text),
    of: (name) => known.get(name),
  }
}
