const UNITS = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Returns the number and the unit of a distance in time, for example -3 days. */
export function relativeTime(
  at: Date,
  now: number,
): { readonly value: number; readonly unit: (typeof UNITS)[number][0] } {
  const seconds = (at.getTime() - now) / 1000;
  const [unit, size] = UNITS.find(([, one]) => Math.abs(seconds) >= one) ?? UNITS[4];
  return { value: Math.trunc(seconds / size) || 0, unit };
}
