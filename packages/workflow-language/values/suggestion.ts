import { closestMatch } from 'leven';

/** The known name that a misspelt one most likely means; undefined: none is similar. */
export function similarName(name: string, known: readonly string[]): string | undefined {
  const maxDistance = Math.max(1, Math.floor(name.length / 3));
  return closestMatch(name, [...known], { maxDistance });
}

/** ` Did you mean …?` for the end of a message; the empty text without a suggestion. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
}
