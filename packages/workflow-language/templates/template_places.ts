/** Matches the opening delimiter of a tag or an output. */
const OPEN = /\{[{%]/;

/**
 * Matches the parts of an expression: names, numbers and texts. `a.b` is one part, because it is
 * one variable. `a..b` and `a[b]` are two parts, and each bracket also counts.
 */
const PLACE = /\[|(?:[^\s|:,()[\]=<>!"'.]|\.(?!\.))+/g;

/**
 * Counts the parts of a template that may be a variable, a filter or a value. Their number decides
 * how long an analysis takes and how large the parsed template is. Each tag and each output counts
 * at least as one.
 */
export function countPlaces(text: string): number {
  let places = 0;
  for (const part of text.split(OPEN).slice(1)) {
    // The last delimiter is used, because an earlier one may be inside quotes.
    const end = Math.max(part.lastIndexOf('}}'), part.lastIndexOf('%}'));
    places += 1 + (part.slice(0, end < 0 ? undefined : end).match(PLACE)?.length ?? 0);
  }
  return places;
}
