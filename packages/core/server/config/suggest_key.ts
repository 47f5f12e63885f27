/**
 * The known key that a misspelt key most likely means. `undefined`: none is similar. A key without
 * its first parts (`actions.ears.url`) is similar, however many parts are missing.
 */
export function suggestKey(unknown: string, known: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(unknown.length / 5));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const key of known) {
    if (key.endsWith(`.${unknown}`)) return key;
    const distance = editDistance(unknown.toLowerCase(), key.toLowerCase(), limit);
    if (distance < bestDistance) {
      best = key;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance. A distance above `limit` may be returned as any number above it. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const insertion = (current[column - 1] ?? 0) + 1;
      const deletion = (previous[column] ?? 0) + 1;
      current.push(Math.min(substitution, insertion, deletion));
    }
    previous = current;
  }
  return previous[b.length] ?? limit + 1;
}
