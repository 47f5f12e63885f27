import { z } from 'zod';

/**
 * A name that users read: without control characters, which come from a program and not from a
 * user, and without a lone surrogate, which cannot be encoded as UTF-8. The first rule is a
 * pattern, so that the API description states it.
 */
export const plainText = (maxLength: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule refuses control characters
    .regex(/^(?=.*\S)[^\u0000-\u001f\u007f-\u009f]*$/, 'must be plain text')
    .refine((text) => text.isWellFormed(), 'must be plain text');
