import { z } from 'zod';

/** A century; beyond it a number is a mistake (10^12 has been seen), not a lifetime. */
const MAX_LIFETIME_SECONDS = 100 * 366 * 24 * 60 * 60;

/**
 * Whole seconds from a number, or a string that is one. Zero, negative and absurd values are treated as not said: a bad lifetime must
 * never cost the token.
 */
const lifetime = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\s*\d{1,20}(\.\d{1,20})?\s*$/)
      .transform(Number),
  ])
  .pipe(z.number().min(1).max(MAX_LIFETIME_SECONDS).transform(Math.floor))
  .optional()
  .catch(undefined);

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;

/** Relative lifetime in seconds; `undefined` when absent or not a sane number. */
export function parseLifetime(value: unknown): number | undefined {
  return lifetime.parse(value);
}

/**
 * Absolute expiry, as Go services send it (RFC 3339), turned into seconds from `receivedAt`. Go's zero time (year 1) means "none" and, like
 * every instant in the past, counts as not said.
 */
export function parseExpiry(value: unknown, receivedAt: Date): number | undefined {
  if (typeof value !== 'string' || value.length > 64 || !ISO_INSTANT.test(value)) return undefined;
  return parseLifetime((Date.parse(value) - receivedAt.getTime()) / 1000);
}
