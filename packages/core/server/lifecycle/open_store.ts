import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DocumentStore } from '@latchkey/saved-objects';
import { createSqliteStore } from '@latchkey/saved-objects/sqlite';
import { ConfigError, type ElasticsearchConfig } from '../config/index.ts';
import type { Logger } from '../logging/index.ts';
import type { Clock } from '../time/index.ts';

/**
 * Opens the store of this server: the cluster of `elasticsearch.hosts`, otherwise an SQLite file in
 * the data folder.
 * @throws ConfigError when a certificate authority cannot be read
 */
export async function openStore(options: {
  readonly elasticsearch: ElasticsearchConfig;
  readonly root: string;
  readonly dataPath: string;
  readonly logger: Logger;
  readonly clock: Pick<Clock, 'now'>;
}): Promise<DocumentStore> {
  const { elasticsearch, root, dataPath, logger, clock } = options;
  const { hosts, requestTimeout, pingTimeout, ssl, ...rest } = elasticsearch;
  if (hosts === undefined) return createSqliteStore({ path: join(dataPath, 'latchkey.sqlite') });
  if (ssl.verificationMode === 'none') logger.warn(NOT_VERIFIED);
  // The client is loaded on demand, because it is a fifth of all code that a server loads.
  const { createElasticsearchStore } = await import('@latchkey/saved-objects/elasticsearch');
  return createElasticsearchStore({
    ...rest,
    hosts,
    requestTimeoutMs: requestTimeout,
    pingTimeoutMs: pingTimeout,
    ssl: {
      verificationMode: ssl.verificationMode,
      certificateAuthorities: ssl.certificateAuthorities?.map((file) => readAuthority(root, file)),
    },
    logger,
    now: () => clock.now(),
  });
}

/** Warning for C52: the verification of certificates is never disabled without a warning. */
const NOT_VERIFIED =
  '[elasticsearch.ssl.verificationMode: none] disables the verification of TLS certificates: an attacker on the network between this server and the cluster can read and change everything that is stored. Trust a certificate authority instead, with [elasticsearch.ssl.certificateAuthorities].';

function readAuthority(root: string, file: string): string {
  try {
    return readFileSync(resolve(root, file), 'utf8');
  } catch {
    throw new ConfigError([
      { path: 'elasticsearch.ssl.certificateAuthorities', message: `cannot read [${file}]` },
    ]);
  }
}
