import type { HistoryIndex, Violation } from './history_index.ts';

/**
 * Invariant 7: no token, code, verifier or secret appears in logs, responses, audit lines or dumps
 * of the store.
 * Everything the provider issues, the clients' secrets and the PKCE verifiers begin with the same
 * marker. The harness searches for this marker in everything that workers wrote (logs at level
 * trace, histories with their audit lines), in the store (the database with its side files, or
 * every document of every index) and in every message of the workers, and records where it was
 * found.
 */
export function checkNoSecretLeaks(historyIndex: HistoryIndex): Violation[] {
  const places = new Set(historyIndex.of('leak').map(({ where }) => where));
  return [...places].map((where) => ({
    invariant: 7,
    sentence: `A secret appears in ${where}.`,
    about: [where],
  }));
}
