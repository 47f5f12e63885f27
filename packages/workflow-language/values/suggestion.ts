import { closestMatch } from 'leven';

/** Maximum length of a name with a suggestion, because comparing longer names takes too long. */
const MAX_LENGTH = 64;

/** Maximum number of names that are compared. */
const MAX_CANDIDATES = 200;

/** The known name that a misspelt name most likely means. `undefined`: no name is similar. */
export function similarName(name: string, known: Iterable<string>): string | undefined {
  if (name.length > MAX_LENGTH) return undefined;
  const maxDistance = Math.max(1, Math.floor(name.length / 3));
  const candidates: string[] = [];
  for (const each of known) {
    if (Math.abs(each.length - name.length) <= maxDistance) candidates.push(each);
    if (candidates.length === MAX_CANDIDATES) break;
  }
  // Two letters in the wrong order are one mistake, but leven counts them as two.
  return (
    candidates.find((each) => isSwapped(name, each)) ??
    closestMatch(name, candidates, { maxDistance })
  );
}

/** Returns `true` if two names differ only in the order of two neighbouring letters. */
function isSwapped(name: string, other: string): boolean {
  const first = [...name].findIndex((letter, index) => letter !== other[index]);
  if (first === -1 || name.length !== other.length) return false;
  return (
    name[first] === other[first + 1] &&
    name[first + 1] === other[first] &&
    name.slice(first + 2) === other.slice(first + 2)
  );
}

/** Text ` Did you mean …?` for the end of a message. Empty if there is no suggestion. */
export function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
}

/** {@link didYouMean} with the known name that is similar to a name. */
export function suggestionFor(name: string, known: Iterable<string>): string {
  return didYouMean(similarName(name, known));
}
