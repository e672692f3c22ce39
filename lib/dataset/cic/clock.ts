const HOUR_US = 3600e6;

/**
 * A clock of the testbed as UTC. Both releases were written with hours from 1 to 12 and without AM or PM, in the local
 * time of New Brunswick; captures began after 8:00 and ended before 20:00, so hours 1 to 7 are afternoon and 8 to 12 are
 * as they stand. Times from 13:00 on, which some copies have, stay.
 * @param hoursFromUtc -3 in July 2017, -4 in February 2018
 */
export function officeClock(hoursFromUtc: number): (localUs: number) => number {
  return (localUs) => {
    const hour = Math.floor(localUs / HOUR_US) % 24;
    const afternoon = hour >= 1 && hour < 8 ? 12 : 0;
    return localUs + (afternoon - hoursFromUtc) * HOUR_US;
  };
}
