import { setPriority } from 'node:os';
import { grantId } from '@latchkey/actions-plugin/server/testing';
import { systemRandomness } from '@latchkey/core/server';
import type { StoreLocation } from '@latchkey/test-environment';
import type { BenchConnector } from '../server/bench_connector.ts';
import { type OpenTokens, openTokens } from '../server/open_tokens.ts';
import { userOf, writeAccount } from '../server/users.ts';
import { handleInputs } from './role.ts';

/**
 * Opens a store, or writes the tokens of users number `from` to `from + count - 1` to the open one.
 */
export type Filling =
  | { readonly open: StoreLocation; readonly connector: BenchConnector }
  | { readonly from: number; readonly count: number }
  | 'close';

/**
 * Several commits of SQLite, several bulk requests of Elasticsearch: encryption continues while the
 * store works.
 */
const CONCURRENCY = 2_000;
const LIFETIME_MS = 86_400_000;
/** Length of the access tokens of large providers. */
const TOKEN_BYTES = 120;

let opened: OpenTokens | undefined;

async function fill(filling: Filling): Promise<void> {
  if (filling === 'close') {
    await opened?.close();
    return;
  }
  if ('open' in filling) {
    opened = await openTokens(filling.open, filling.connector);
    return;
  }
  if (opened === undefined) throw new Error('open a store first');
  const write = writerOf(opened);
  const connectorId = opened.connector.id;
  const idOf = (index: number): string =>
    grantId({ scope: 'per-user', connectorId, profileUid: userOf(index) });
  // In the order of their ids, so that a commit changes few pages of the indexes: three times as
  // fast.
  const ordered = Array.from({ length: filling.count }, (_, at) => filling.from + at)
    .map((index) => ({ index, id: idOf(index) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  for (let from = 0; from < ordered.length; from += CONCURRENCY) {
    await Promise.all(ordered.slice(from, from + CONCURRENCY).map(({ index }) => write(index)));
  }
}

/** Writes through the token store, with real encryption, and with the account of the owner. */
function writerOf({
  tokens,
  clients,
  connector,
  repository,
}: OpenTokens): (index: number) => Promise<void> {
  const clientFingerprint = clients.forConnector(connector).fingerprint;
  return async (index) => {
    const now = new Date();
    await writeAccount(repository, userOf(index));
    await tokens.store.create(
      { scope: 'per-user', connectorId: connector.id, profileUid: userOf(index) },
      {
        generation: systemRandomness.uuid(),
        clientFingerprint,
        spaceId: 'default',
        state: 'connected',
        stateSince: now,
        accessToken: `Bearer ${systemRandomness.bytes(TOKEN_BYTES).toString('base64url')}`,
        refreshToken: systemRandomness.bytes(TOKEN_BYTES).toString('base64url'),
        issuedAt: now,
        expiresAt: new Date(now.getTime() + LIFETIME_MS),
        scopes: ['openid', 'offline_access'],
        account: { id: userOf(index), label: `user-${index}@example.com` },
        // In the future, so that reading writes nothing: the last use is recorded once in ten
        // minutes.
        lastUsedAt: new Date(now.getTime() + LIFETIME_MS),
      },
    );
  };
}

// Filling takes minutes, so other programs on this machine have priority.
setPriority(10);
handleInputs(fill);
