import { closestMatch } from 'leven';

/**
 * Returns the known key that a misspelt key most likely means. `undefined`: no key is similar. A
 * key that lacks its first parts (`actions.ears.url`) is similar, however many of them are missing.
 */
export function suggestKey(unknown: string, known: Iterable<string>): string | undefined {
  const keys = [...known];
  const longer = keys.find((key) => key.endsWith(`.${unknown}`));
  if (longer !== undefined) return longer;
  const byLowerCase = new Map(keys.map((key) => [key.toLowerCase(), key]));
  const maxDistance = Math.max(2, Math.floor(unknown.length / 5));
  const match = closestMatch(unknown.toLowerCase(), [...byLowerCase.keys()], { maxDistance });
  return match === undefined ? undefined : byLowerCase.get(match);
}
