import { z } from 'zod';

const MS_PER_UNIT = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;

/** Milliseconds of a duration such as `30s`, `8h` or `30d`; `undefined` when it is not one. */
export function parseDurationMs(text: string): number | undefined {
  const match = DURATION.exec(text);
  const unit = match?.[2];
  if (match === null || !isUnit(unit)) return undefined;
  return Number(match[1]) * MS_PER_UNIT[unit];
}

function isUnit(text: string | undefined): text is keyof typeof MS_PER_UNIT {
  return text !== undefined && Object.hasOwn(MS_PER_UNIT, text);
}

/** A config value such as `8h`, read as milliseconds greater than zero. */
export const durationMs = z.string().transform((text, context) => {
  const parsed = parseDurationMs(text);
  if (parsed === undefined || parsed === 0) {
    context.addIssue('expected a duration greater than zero, for example 30s, 10m, 8h or 30d');
    return z.NEVER;
  }
  return parsed;
});
