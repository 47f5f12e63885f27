/** A delimiter that begins a tag or an output. */
const OPEN = /\{[{%]/;

/**
 * Names, numbers and texts of expressions. `a.b` is one, because it is one variable; `a..b` and
 * `a[b]` are two, and each bracket counts as well.
 */
const PLACE = /\[|(?:[^\s|:,()[\]=<>!"'.]|\.(?!\.))+/g;

/**
 * Counts the parts of a template that may be a variable, a filter or a value, which decides how
 * long an analysis takes and how large the parsed template is. At least one for each tag or output.
 */
export function countPlaces(text: string): number {
  let places = 0;
  for (const part of text.split(OPEN).slice(1)) {
    // The last delimiter: an earlier one may be inside of a quoted text.
    const end = Math.max(part.lastIndexOf('}}'), part.lastIndexOf('%}'));
    places += 1 + (part.slice(0, end < 0 ? undefined : end).match(PLACE)?.length ?? 0);
  }
  return places;
}
