import { z } from 'zod';

const MAX_LENGTH = 256;

/** A password that a user or an administrator sets. Its length is limited before it is hashed. */
export const newPassword = z
  .string()
  .min(6)
  .max(MAX_LENGTH)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/**
 * A password that a caller presents; rules for new passwords do not apply. NUL is refused: scrypt's
 * HMAC pads short keys with zeros, so a password followed by NULs has the same hash as without
 * them.
 */
export const presentedPassword = z
  .string()
  .min(1)
  .max(MAX_LENGTH)
  .refine((password) => !password.includes('\0'), 'must not contain NUL');
