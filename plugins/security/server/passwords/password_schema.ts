import { z } from 'zod';

const MAX_LENGTH = 256;

/** A password somebody chooses. */
export const newPassword = z
  .string()
  .min(6)
  .max(MAX_LENGTH)
  .regex(/^\P{Cc}*$/u, 'must not hold control characters');

/**
 * A password somebody presents; rules for new ones do not apply. NUL is refused: scrypt's HMAC pads
 * short keys with zeros, so that a password with NULs at its end has the same hash without them.
 */
export const presentedPassword = z
  .string()
  .min(1)
  .max(MAX_LENGTH)
  .refine((password) => !password.includes('\0'), 'must not hold NUL');
