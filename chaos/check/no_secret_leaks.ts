import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CANARY } from '../chaos_settings.ts';
import type { Chronicle, Violation } from './chronicle.ts';

/**
 * Invariant 7: no token, code, verifier or secret appears in logs, responses, audit or store dumps.
 *
 * Everything the provider issues, the clients' secrets and the PKCE verifiers begin with one marker. It is searched for in all that workers wrote
 * (logs at level trace, the histories with their audit lines, the database with its side files) and in every message they sent.
 */
export function checkNoSecretLeaks(chronicle: Chronicle, folder: string): Violation[] {
  const inFiles = existsSync(folder)
    ? readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(CANARY))
    : [];
  const inMessages = chronicle.of('leak').map(({ where }) => where);
  return [...inFiles, ...inMessages].map((where) => ({
    invariant: 7,
    sentence: `A secret appears in ${where}.`,
    about: [where],
  }));
}
