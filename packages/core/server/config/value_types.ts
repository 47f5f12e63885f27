import bytes from 'bytes';
import ms, { type StringValue } from 'ms';
import { type ZodType, z } from 'zod';

const DURATION = /^\d{1,12}(\.\d{1,3})?\s?(ms|s|m|h|d|w)?$/;
const BYTES = /^\d{1,12}(\.\d{1,3})?\s?(b|kb|mb|gb|tb)?$/i;

/** Bounds in the units of a configuration file: `{ min: '1s', max: '1d' }`. */
export interface Bounds {
  readonly min?: string | number;
  readonly max?: string | number;
}

/**
 * Schema of a duration: `'500ms'`, `'60s'`, `'30m'`, `'1h'`, `'1d'`, `'1w'` or a number of
 * milliseconds. It is parsed to milliseconds. Write defaults like values:
 * `durationMs().prefault('60s')`.
 */
export function durationMs(bounds: Bounds = {}): ZodType<number, string | number> {
  return measured(bounds, parseDuration, "a duration like '500ms', '60s', '30m', '1h' or '1d'");
}

/**
 * Schema of a size: `'512kb'`, `'1mb'` (1 kB is 1,024 bytes) or a number of bytes. It is parsed to
 * bytes. Write defaults like values: `byteSize().prefault('1mb')`.
 */
export function byteSize(bounds: Bounds = {}): ZodType<number, string | number> {
  return measured(bounds, parseBytes, "a size like '512kb' or '1mb'");
}

function measured(
  { min, max }: Bounds,
  parse: (text: string) => number | undefined,
  expected: string,
): ZodType<number, string | number> {
  const lowest = min === undefined ? 0 : limit(min, parse);
  const highest = max === undefined ? Number.MAX_SAFE_INTEGER : limit(max, parse);
  const say = (message: string) => ({ code: 'custom', message }) as const;
  return z.union([z.number(), z.string().max(32)]).transform((input, context) => {
    const value = typeof input === 'number' ? input : parse(input.trim());
    if (value === undefined || !Number.isFinite(value)) {
      context.addIssue(say(`expected ${expected}`));
    } else if (value < lowest) {
      context.addIssue(say(`expected at least ${min ?? 0}`));
    } else if (value > highest) {
      context.addIssue(say(`expected at most ${max ?? highest}`));
    } else {
      return Math.round(value);
    }
    return z.NEVER;
  });
}

function limit(bound: string | number, parse: (text: string) => number | undefined): number {
  const value = typeof bound === 'number' ? bound : parse(bound);
  if (value === undefined) throw new Error(`The bound [${bound}] cannot be parsed`);
  return value;
}

const parseDuration = (text: string): number | undefined =>
  DURATION.test(text) ? ms(text as StringValue) : undefined;

const parseBytes = (text: string): number | undefined =>
  BYTES.test(text) ? (bytes.parse(text) ?? undefined) : undefined;
