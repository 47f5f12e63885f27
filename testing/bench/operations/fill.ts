import {
  GrantStore,
  grantId,
  keepAliveDate,
  OAUTH_RATE_LIMIT_TYPE,
  OAUTH_REVOCATION_TYPE,
  OAUTH_STATE_TYPE,
  USER_CONNECTOR_TOKEN_TYPE,
} from '@latchkey/actions-plugin/server/testing';
import { systemRandomness } from '@latchkey/core/server';
import { USER_TYPE } from '@latchkey/security-plugin/server/mocks';
import { secret } from '../store/bench_connector.ts';
import { DAY_MS, userOf, writeAccount, writeAll, writeGrant } from '../store/grants.ts';
import { CONNECTORS, connectorIdOf, type OpenStore } from '../store/open_store.ts';

/** Number of writes that SQLite commits, or Elasticsearch accepts, at the same time. */
const CONCURRENCY = 500;

/**
 * One kind of documents. `write` writes document number `index`, which a pass has to process or
 * not.
 */
export interface Kind {
  readonly name: string;
  readonly type: string;
  /** Attribute that must differ between copies. `undefined`: there is none. */
  readonly owner: string | undefined;
  write(open: OpenStore, index: number, isDue: boolean): Promise<unknown>;
}

/** Writes documents `from` to `from + count - 1` as the server does. */
export async function fill(
  open: OpenStore,
  kind: Kind,
  span: { readonly from: number; readonly count: number; readonly isDue: boolean },
): Promise<void> {
  await writeAll(span.count, CONCURRENCY, (at) => kind.write(open, span.from + at, span.isDue));
}

/**
 * Grants. A tenth belongs to a provider that drops idle grants. Half of the others were last
 * refreshed weeks ago at a provider that does not drop them. Half of the grants that are due will
 * soon be dropped by the provider; the other half were created and used a hundred days ago.
 */
const grants: Kind = {
  name: 'grants',
  type: USER_CONNECTOR_TOKEN_TYPE,
  owner: 'profileUid',
  write: (open, index, isDue) => {
    const now = Date.now();
    const isIdle = isDue && index % 2 === 0;
    const isUnused = isDue && !isIdle;
    const connectorId = isIdle ? CONNECTORS.limited : connectorIdOf(index);
    const isLimited = connectorId === CONNECTORS.limited;
    const ageMs = isIdle ? 29 * DAY_MS : !isLimited && index % 2 === 1 ? 20 * DAY_MS : 60_000;
    const unusedSince = new Date(now - 100 * DAY_MS);
    const issuedAt = new Date(now - ageMs);
    const key = { connectorId, profileUid: userOf(index) };
    const { idleLimitDays } = open.clientOf(connectorId);
    return writeGrant(open, key, {
      stateSince: issuedAt,
      issuedAt,
      keepAliveAt: keepAliveDate({ scope: 'per-user', ...key }, issuedAt, idleLimitDays),
      // The day of its creation counts as the first use of a grant.
      ...(isUnused
        ? { lastUsedAt: unusedSince, into: new GrantStore(open.repository, () => unusedSince) }
        : {}),
    });
  },
};

/** Accounts of the owners of {@link grants}, for servers that run during the measurement. */
export const accounts: Kind = {
  name: 'accounts',
  type: USER_TYPE,
  owner: undefined,
  write: ({ repository }, index) => writeAccount(repository, userOf(index)),
};

/** Grants that have ended and whose tokens wait to be revoked at their providers. */
const outbox: Kind = {
  name: 'outbox entries',
  type: OAUTH_REVOCATION_TYPE,
  owner: 'profileUid',
  write: ({ repository, clientOf }, index, isDue) => {
    const now = Date.now();
    const connectorId = connectorIdOf(index);
    const { configuration } = clientOf(connectorId);
    const profileUid = `gone_${index}`;
    const grantGeneration = systemRandomness.uuid();
    const tokens = [
      { token: secret(), kind: 'refresh_token' },
      { token: secret(), kind: 'access_token' },
    ];
    return repository.create(
      OAUTH_REVOCATION_TYPE,
      {
        connectorId,
        profileUid,
        grantGeneration,
        pending: [{ configuration, generation: grantGeneration, tokens }],
        attempts: 1,
        nextAttemptAt: new Date(now + (isDue ? -1_000 : DAY_MS)).toISOString(),
        createdAt: new Date(now - 60_000).toISOString(),
      },
      { id: grantId({ scope: 'per-user', connectorId, profileUid }), visibleToSearch: false },
    );
  },
};

/** Open authorizations. Those that are due have timed out. */
const states: Kind = {
  name: 'states',
  type: OAUTH_STATE_TYPE,
  owner: undefined,
  write: ({ repository }, index, isDue) => {
    const now = Date.now();
    return repository.create(
      OAUTH_STATE_TYPE,
      {
        codeVerifier: secret().slice(0, 64),
        connectorId: connectorIdOf(index),
        spaceId: 'default',
        createdBy: userOf(index),
        redirectUri: 'https://latchkey.example.com/api/actions/connector/_oauth_callback/bench',
        browserBinding: secret().slice(0, 43),
        clientFingerprint: secret().slice(0, 43),
        createdAt: new Date(now).toISOString(),
        expiresAt: new Date(now + (isDue ? -1_000 : DAY_MS)).toISOString(),
      },
      { id: secret().slice(0, 43), visibleToSearch: false },
    );
  },
};

/** Rate-limit windows. Those that are due have expired. */
const windows: Kind = {
  name: 'rate-limit windows',
  type: OAUTH_RATE_LIMIT_TYPE,
  owner: undefined,
  write: ({ repository }, _index, isDue) => {
    const now = Date.now();
    return repository.create(
      OAUTH_RATE_LIMIT_TYPE,
      { hits: [now], expiresAt: new Date(now + (isDue ? -1_000 : DAY_MS)).toISOString() },
      { id: secret().slice(0, 43), visibleToSearch: false },
    );
  },
};

export const KINDS = { grants, outbox, states, windows } as const;
