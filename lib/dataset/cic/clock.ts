import type { CsvField } from "../csv/spec.js";

const HOUR_US = 3600e6;

/** How a column of local times becomes UTC. */
export type OfficeClock = Pick<CsvField, "afternoon" | "adjust">;

/**
 * A clock of the testbed as UTC. Both releases were written with hours from 1 to 12 and without AM or PM, in the local
 * time of New Brunswick; captures began after 8:00 and ended before 20:00, so hours 1 to 7 are afternoon and 8 to 12 are
 * as they stand. Times from 13:00 on, and with AM or PM, which some copies have, are what they say.
 * @param hoursFromUtc -3 in July 2017, -4 in February 2018
 */
export function officeClock(hoursFromUtc: number): OfficeClock {
  return { afternoon: true, adjust: (localUs) => localUs - hoursFromUtc * HOUR_US };
}
