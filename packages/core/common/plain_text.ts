import { z } from 'zod';

/**
 * Text without control characters, which come from a program and not from a user. Those that
 * change the direction of writing would make a name look like another one. Marks such as U+200F,
 * which texts in Arabic or Hebrew need, change no other text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule refuses control characters
const PLAIN = /^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$/;
const PLAIN_NAME = new RegExp(`^(?=.*\\S)${PLAIN.source.slice(1)}`);

/**
 * Tells if a text has no control characters, and no lone surrogate, which cannot be encoded as
 * UTF-8.
 */
export const isPlainText = (text: string): boolean => PLAIN.test(text) && text.isWellFormed();

const REFUSED = 'must be plain text';

/**
 * A name that users read. {@link isPlainText} says what it may contain. The rule about control
 * characters is a pattern, so that the API description states it.
 */
export const plainText = (maxLength: number) =>
  z.string().trim().min(1).max(maxLength).regex(PLAIN_NAME, REFUSED).refine(isPlainText, REFUSED);

/** As {@link plainText}, but it may be empty and keeps surrounding spaces. */
export const optionalPlainText = (maxLength: number) =>
  z.string().max(maxLength).regex(PLAIN, REFUSED).refine(isPlainText, REFUSED);
