/** Units in descending order, in milliseconds. */
const UNITS = [
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const DURATION = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Parses a duration such as `90s`, `1h30m` or `0s`: one or more components in descending order,
 * each unit at most once, without spaces, signs and decimals.
 * @returns milliseconds; `undefined`: the text is not a duration, or too long for a safe integer
 */
export function parseDuration(text: string): number | undefined {
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [index, [, milliseconds]] of UNITS.entries()) {
    total += Number(match[index + 1] ?? 0) * milliseconds;
  }
  return Number.isSafeInteger(total) ? total : undefined;
}

/**
 * Formats milliseconds so that {@link parseDuration} can parse them, with the fewest components:
 * `90000` becomes `1m30s`.
 * @param milliseconds an integer of at least 0
 */
export function formatDuration(milliseconds: number): string {
  let rest = milliseconds;
  let text = '';
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}
