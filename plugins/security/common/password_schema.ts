import { z } from 'zod';

const MAX_LENGTH = 256;

/**
 * Schema of a password that a user or an administrator sets. Its length is limited because it is
 * hashed.
 */
export const newPassword = z
  .string()
  .min(6)
  .max(MAX_LENGTH)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters');

/**
 * Schema of a password that a caller presents. Rules for new passwords do not apply to it. NUL is
 * refused, because scrypt's HMAC pads short keys with zeros: a password followed by NULs has the
 * same hash as the password alone.
 */
export const presentedPassword = z
  .string()
  .min(1)
  .max(MAX_LENGTH)
  .refine((password) => !password.includes('\0'), 'must not contain NUL');
