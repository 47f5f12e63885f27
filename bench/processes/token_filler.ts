import { systemRandomness } from '@latchkey/core/server';
import type { BenchConnector } from '../server/bench_connector.ts';
import { openTokens, personOf } from '../server/open_tokens.ts';
import { answerQuestions } from './role.ts';

/** Which tokens to write where. */
export interface Filling {
  readonly dataFolder: string;
  readonly connector: BenchConnector;
  readonly count: number;
}

const AT_ONCE = 200;
const LIFETIME_MS = 86_400_000;
/** As long as the access tokens of large providers. */
const TOKEN_BYTES = 120;

async function fill({ dataFolder, connector, count }: Filling): Promise<number> {
  const open = await openTokens(dataFolder, connector);
  const { store } = open.tokens;
  const clientFingerprint = open.clients.forConnector(open.connector).fingerprint;
  const write = async (index: number): Promise<void> => {
    const now = new Date();
    await store.create(
      { scope: 'per-user', connectorId: connector.id, profileUid: personOf(index) },
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
        account: { id: personOf(index), label: `person-${index}@example.com` },
        lastUsedAt: now,
      },
    );
  };
  for (let from = 0; from < count; from += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => from + at);
    await Promise.all(indices.map(write));
  }
  await open.close();
  return count;
}

answerQuestions(fill);
