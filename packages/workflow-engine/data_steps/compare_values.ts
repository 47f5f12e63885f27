/** Kinds of values in the order in which they are sorted. */
const KINDS = ['number', 'string', 'boolean'];

/**
 * Compares two values for sorting: numbers by size, then texts by their UTF-16 units, then false
 * and true. All other values count as equal and come last.
 */
export function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  return rank(a) - rank(b);
}

function rank(value: unknown): number {
  const index = KINDS.indexOf(typeof value);
  return index < 0 ? KINDS.length : index;
}
