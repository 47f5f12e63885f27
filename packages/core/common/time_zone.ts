/**
 * Returns `true` if a text is an IANA name of a time zone, such as `Europe/Berlin`. An offset such
 * as `+02:00` is not accepted, because it would ignore daylight saving time.
 */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
