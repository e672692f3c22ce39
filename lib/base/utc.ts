/** Microseconds since 1970 as `2017-07-07 12:59:50` in UTC, to the second; a time that no calendar holds as a number. */
export function utcText(microseconds: number): string {
  const time = new Date(Math.floor(microseconds / 1000));
  return Number.isNaN(time.getTime())
    ? String(microseconds)
    : time.toISOString().slice(0, -5).replace("T", " ");
}
