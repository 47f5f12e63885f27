/** Characters that can follow the name of a step in a key; see `keyOf`. */
const AFTER_NAME = new Set(['?', '@', '!', '[']);

/** Suffix of the key of a value that is recorded when the time limit of a scope was reached. */
export const REACHED = '?reached';

/**
 * Matches names of values that a scope records while it is executed. When the scope is executed
 * again, they are computed again.
 */
const PROGRESS = /^(?:deadline|reached|started|finished|stopped|ended)$/;

/** Returns `true` if a key belongs to a step or scope, or to a step or scope inside it. */
export function belongsTo(key: string, owner: string): boolean {
  if (!key.startsWith(owner)) return false;
  const next = key[owner.length];
  return next === undefined || AFTER_NAME.has(next) || (next === '/' && owner.endsWith(']'));
}

/** The key of a step without the number of its attempt, which is the key of its first attempt. */
export function firstAttempt(key: string): string {
  return key.replace(/@\d+$/, '');
}

/**
 * Returns `true` if a key records the progress of a scope that contains one of the steps, which has
 * no result yet.
 */
export function isProgressAround(key: string, steps: readonly string[]): boolean {
  const at = key.lastIndexOf('?');
  if (at === -1 || !PROGRESS.test(key.slice(at + 1))) return false;
  const scope = key.slice(0, at);
  return steps.some((step) => scope === '' || (step !== scope && isInside(step, scope)));
}

/**
 * Key of the step whose begin is recorded under a key. `undefined`: the key is that of another
 * value, or of the begin of a branch.
 */
export function startedStep(key: string): string | undefined {
  return /^(.*[^\]])\?started$/s.exec(key)?.[1];
}

/** Names of the step of a record and of the steps that contain it, the outermost one first. */
export function namesIn(key: string): readonly string[] {
  return key
    .split('/')
    .map((part) => part.replace(/[?@![].*$/s, ''))
    .filter((name) => name !== '')
    .map((name) =>
      name.replaceAll(/%([0-9a-f]{2})/g, (_, code: string) =>
        String.fromCharCode(Number.parseInt(code, 16)),
      ),
    );
}

/**
 * Returns `true` if a key is inside a scope. An attempt of a step is a scope as well: `name@1/`.
 */
export function isInside(key: string, scope: string): boolean {
  return belongsTo(key, scope) || key.startsWith(`${scope}/`);
}
