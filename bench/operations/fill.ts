import { systemRandomness } from '@latchkey/core/server';
import {
  OAUTH_RATE_LIMIT_TYPE,
  OAUTH_STATE_TYPE,
} from '../../plugins/actions/server/oauth/flow/index.ts';
import { OAUTH_REVOCATION_TYPE } from '../../plugins/actions/server/oauth/tokens/index.ts';
import { CONFIGURATION, connectorIdOf, type OpenStore, personOf } from './store_spec.ts';

const DAY_MS = 86_400_000;
/** What SQLite commits and Elasticsearch takes in one go. */
const AT_ONCE = 500;
/** As long as the tokens of large providers. */
const TOKEN_BYTES = 120;

/** How many documents of a kind there are and how many of them a pass has to act on. */
export interface Filling {
  readonly count: number;
  readonly due: number;
}

/** Runs `write` for each number, many at once. */
export async function forEachOf(
  count: number,
  write: (index: number) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < count; from += AT_ONCE) {
    const indices = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => from + at);
    await Promise.all(indices.map(write));
  }
}

/**
 * Grants that are in use, but for `due` whose provider is about to drop them and `due` that nobody has used for a hundred days. Half of the others were
 * last refreshed weeks ago at a provider that does not mind.
 */
export async function fillGrants(open: OpenStore, { count, due }: Filling): Promise<void> {
  const now = Date.now();
  await forEachOf(count, async (index) => {
    const connectorId = connectorIdOf(index);
    const isLimited = index % 10 === 0;
    const isIdle = isLimited && index / 10 < due;
    const isStale = index % 10 === 1 && index / 10 < due;
    const ageMs = isIdle ? 29 * DAY_MS : !isLimited && index % 2 === 1 ? 40 * DAY_MS : 60_000;
    const issuedAt = new Date(now - ageMs);
    const client = open.clients.forConnector(open.connector(connectorId));
    await open.tokens.store.create(
      { scope: 'per-user', connectorId, profileUid: personOf(index) },
      {
        generation: systemRandomness.uuid(),
        clientFingerprint: client.fingerprint,
        spaceId: 'default',
        state: 'connected',
        stateSince: issuedAt,
        accessToken: `Bearer ${secret()}`,
        refreshToken: secret(),
        issuedAt,
        expiresAt: new Date(now + DAY_MS),
        scopes: ['openid', 'offline_access'],
        account: { id: personOf(index), label: `person-${index}@example.com` },
        lastUsedAt: new Date(isStale ? now - 100 * DAY_MS : now + DAY_MS),
      },
    );
  });
}

/** Ended grants that wait for their providers, `due` of them now, the others within the hour. */
export async function fillOutbox(
  { repository }: OpenStore,
  { count, due }: Filling,
): Promise<void> {
  const now = Date.now();
  await forEachOf(count, (index) =>
    repository.create(
      OAUTH_REVOCATION_TYPE,
      {
        connectorId: connectorIdOf(index),
        profileUid: `gone_${index}`,
        grantGeneration: systemRandomness.uuid(),
        pending: [
          {
            configuration: CONFIGURATION,
            tokens: [
              { token: secret(), kind: 'refresh_token' },
              { token: secret(), kind: 'access_token' },
            ],
          },
        ],
        attempts: 1,
        nextAttemptAt: new Date(now + (index < due ? -1_000 : DAY_MS)).toISOString(),
        createdAt: new Date(now - 60_000).toISOString(),
      },
      { id: `gone-${index}`, visibleToSearch: false },
    ),
  );
}

/** Authorizations under way, `due` of them timed out. */
export async function fillStates(
  { repository }: OpenStore,
  { count, due }: Filling,
): Promise<void> {
  const now = Date.now();
  await forEachOf(count, (index) =>
    repository.create(
      OAUTH_STATE_TYPE,
      {
        codeVerifier: secret().slice(0, 64),
        connectorId: connectorIdOf(index),
        spaceId: 'default',
        createdBy: personOf(index),
        redirectUri: 'https://latchkey.example.com/api/actions/connector/_oauth_callback/bench',
        browserBinding: secret().slice(0, 43),
        clientFingerprint: secret().slice(0, 43),
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + (index < due ? -1_000 : DAY_MS)).toISOString(),
      },
      { id: `state-${index}`, visibleToSearch: false },
    ),
  );
}

/** Rate-limit windows, `due` of them over. */
export async function fillWindows(
  { repository }: OpenStore,
  { count, due }: Filling,
): Promise<void> {
  const now = Date.now();
  await forEachOf(count, (index) =>
    repository.create(
      OAUTH_RATE_LIMIT_TYPE,
      { hits: [now], expiresAt: new Date(now + (index < due ? -1_000 : DAY_MS)).toISOString() },
      { id: `window-${index}`, visibleToSearch: false },
    ),
  );
}

function secret(): string {
  return systemRandomness.bytes(TOKEN_BYTES).toString('base64url');
}
