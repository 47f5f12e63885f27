import { z } from 'zod';

/**
 * Text without control characters, which a program sends and no user types, and without characters
 * that change the direction of writing, which would make a name look like another one. Marks such
 * as U+200F are allowed: texts in Arabic or Hebrew need them, and they change no other text.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the rule refuses control characters
const PLAIN = /^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]*$/;
const PLAIN_NAME = new RegExp(`^(?=.*\\S)${PLAIN.source.slice(1)}`);

/**
 * Returns `true` if a text has no control characters and no lone surrogate, which cannot be encoded
 * as UTF-8.
 */
export const isPlainText = (text: string): boolean => PLAIN.test(text) && text.isWellFormed();

const REFUSED = 'must be plain text';

/**
 * Schema of a name that users read. {@link isPlainText} defines what it may contain. It must not be
 * blank. Spaces around it are kept, as in Kibana: tools such as Terraform compare a stored name
 * with the one that they sent. The rule about control characters is also a pattern, so that the API
 * description contains it.
 */
export const plainText = (maxLength: number) =>
  z
    .string()
    .min(1)
    .max(maxLength)
    .refine((text) => /\S/.test(text), { error: 'must not be blank', abort: true })
    .regex(PLAIN_NAME, REFUSED)
    .refine(isPlainText, REFUSED);

/** Schema like {@link plainText}, but the text may be empty or blank. */
export const optionalPlainText = (maxLength: number) =>
  z.string().max(maxLength).regex(PLAIN, REFUSED).refine(isPlainText, REFUSED);
