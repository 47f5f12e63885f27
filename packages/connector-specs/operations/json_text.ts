import { z } from 'zod';

/**
 * An input that is the text of a JSON object. The text is parsed together with the input, so that
 * the API gets the object. `''` counts as absent, because forms and templates send it.
 * @param maxLength maximum length in characters
 */
export function jsonText(maxLength: number) {
  return z
    .string()
    .max(maxLength)
    .meta({ contentMediaType: 'application/json' })
    .transform((text, context) => {
      if (text.trim() === '') return undefined;
      const parsed = z.record(z.string(), z.unknown()).safeParse(parse(text));
      if (parsed.success) return parsed.data;
      context.issues.push({ code: 'custom', input: text, message: 'must be a JSON object' });
      return z.NEVER;
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
