import { EsError } from '@latchkey/elasticsearch';
import { InteropError } from '../provider/interop_error.ts';
import { buildHydra, type HydraProgram } from './hydra/build_hydra.ts';
import { fetchKeycloak, type KeycloakHome } from './keycloak/fetch_keycloak.ts';

/** Names of the third-party servers, which the option `--server` accepts. */
export const SERVER_NAMES = ['keycloak', 'hydra'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** A server that can be started on this machine, or the reason why it cannot be started. */
export type Prepared<T> = { readonly ready: T } | { readonly missing: string };

/** Result of the preparation of each chosen server. A server that was not chosen is absent. */
export interface PreparedServers {
  readonly keycloak?: Prepared<KeycloakHome>;
  readonly hydra?: Prepared<HydraProgram>;
}

/** Environment variable in which the tests find the prepared servers, as JSON. */
export const PREPARED_SERVERS = 'LATCHKEY_INTEROP_SERVERS';

/**
 * Fetches and builds the chosen servers one by one. A missing tool is part of the result; it is not
 * thrown.
 */
export async function prepareServers(
  names: readonly ServerName[],
  report: (line: string) => void,
): Promise<PreparedServers> {
  return {
    ...(names.includes('keycloak') ? { keycloak: await prepared(fetchKeycloak, report) } : {}),
    ...(names.includes('hydra') ? { hydra: await prepared(buildHydra, report) } : {}),
  };
}

async function prepared<T>(
  prepare: (report: (line: string) => void) => Promise<T>,
  report: (line: string) => void,
): Promise<Prepared<T>> {
  try {
    return { ready: await prepare(report) };
  } catch (error) {
    const isMissing =
      error instanceof EsError || (error instanceof InteropError && error.code === 'tool_missing');
    if (!isMissing) throw error;
    report(`*** NOT TESTED: ${error.message}`);
    return { missing: error.message };
  }
}

/**
 * Returns the servers that `npm run interop` has prepared.
 * @throws Error when the tests were started without this command
 */
export function preparedServers(): PreparedServers {
  const text = process.env[PREPARED_SERVERS];
  if (text === undefined) throw new Error('Run these tests with: npm run interop');
  return JSON.parse(text) as PreparedServers;
}
