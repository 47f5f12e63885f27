/** First strong isolate. The isolated text ends at U+2069 (UAX 9). */
const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

/**
 * Characters of scripts that are written from right to left, and characters that change the
 * direction.
 */
const CHANGES_DIRECTION =
  /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Isolates that a value may contain. They are removed, because they could end the isolate around
 * it.
 */
const ISOLATES = /[\u2066-\u2069]/g;

/**
 * Isolates texts that are inserted into a message, so that a name written from right to left does
 * not change the order of the words around it. Other values are returned unchanged.
 */
export function isolateDirection<Values extends Readonly<Record<string, unknown>>>(
  values: Values,
): Values {
  const isolated = Object.entries(values).map(([key, value]) => [key, isolateText(value)]);
  return Object.fromEntries(isolated);
}

function isolateText(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.replaceAll(ISOLATES, '');
  return CHANGES_DIRECTION.test(text) ? `${ISOLATE}${text}${END_OF_ISOLATE}` : text;
}
