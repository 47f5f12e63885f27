/** Maximum characters of a shown text. Longer texts are cut. */
const MAX_LENGTH = 2_000;
const MAX_LINES = 40;

/** The beginning of a text that may have been cut. */
export interface CutText {
  readonly text: string;
  /** `true`: the text continues. */
  readonly isCut: boolean;
}

/**
 * Formats a value as indented JSON. A string is returned unchanged, so that its line breaks are
 * readable.
 */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  return JSON.stringify(value, undefined, 2) ?? '';
}

/** Cuts a text to the maximum number of characters and lines. */
export function cutText(text: string): CutText {
  const start = text.slice(0, MAX_LENGTH);
  const lines = start.split('\n');
  const shown = lines.length > MAX_LINES ? lines.slice(0, MAX_LINES).join('\n') : start;
  return { text: shown, isCut: shown.length < text.length };
}
