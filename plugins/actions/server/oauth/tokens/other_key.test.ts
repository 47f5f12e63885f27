import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openActionsStore } from '../../testing/index.ts';
import { OAUTH_REVOCATION_TYPE, USER_CONNECTOR_TOKEN_TYPE } from './index.ts';
import { aConnector } from './rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';

const DAY_MS = 24 * 60 * 60_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };

let fixture: TokenFixture;
let withKey: TokenProcess;
let withoutKey: TokenProcess;
beforeEach(async () => {
  fixture = await createTokenFixture();
  withKey = fixture.process({ connector });
  withoutKey = fixture.process({ connector, repository: await repositoryUnderAnotherKey() });
  const grant = fixture.provider.authorize();
  const client = fixture.provider.client();
  await withKey.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
});
afterEach(() => fixture.close());

/** The same store, used by a server with another key. */
async function repositoryUnderAnotherKey() {
  const opened = await openActionsStore({
    store: fixture.store,
    clock: fixture.clock,
    keys: { primary: 'development-only-another-key-0123456789' },
  });
  return opened.repository;
}

async function rows(): Promise<unknown[]> {
  const found: unknown[] = [];
  const types = [USER_CONNECTOR_TOKEN_TYPE, OAUTH_REVOCATION_TYPE];
  for await (const batch of fixture.store.iterate({ types, batchSize: 100 })) found.push(...batch);
  return found;
}

const { signal } = new AbortController();
const attempts: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    'a disconnect',
    () =>
      withoutKey.grants.revokeGrantOf({
        connectorId: connector.id,
        profileUid: 'u_ana',
        reason: 'disconnect',
        actor: undefined,
      }),
  ],
  [
    'a new authorization',
    () =>
      withoutKey.grants.saveGrant({
        connector,
        client: fixture.provider.client(),
        profileUid: 'u_ana',
        grant: fixture.provider.authorize(),
      }),
  ],
  [
    'the removal of the user',
    () =>
      withoutKey.grantRevoker.revoke({
        key: { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' },
        reason: 'user_removed',
        actor: undefined,
      }),
  ],
  [
    'the cleanup of unused grants',
    () => withoutKey.grants.revokeStale(new Date(fixture.clock.now() + DAY_MS), signal),
  ],
];

describe('a server that lacks the key of a grant', () => {
  it('D62: reports a temporary error and asks nobody to authorize', async () => {
    await expect(withoutKey.tokens.getToken(ana)).rejects.toMatchObject({
      name: 'TokenUnavailableError',
      code: 'store_unavailable',
      message: expect.stringContaining('keyRotation.decryptionOnlyKeys'),
    });
    const views = await withoutKey.connections.ofUser('u_ana', [connector]);
    expect(views.get(connector.id)).toMatchObject({
      status: 'refresh_failing',
      lastError: { code: 'key_not_configured' },
    });
  });

  it.each(attempts)('D60 D62: changes no document in %s', async (_name, attempt) => {
    const before = await rows();
    await expect(attempt()).rejects.toMatchObject({
      name: 'SavedObjectError',
      code: 'store_unavailable',
    });
    expect(await rows()).toEqual(before);
    await expect(withKey.tokens.getToken(ana)).resolves.toBeDefined();
  });

  it('D62: revokes no token whose grant it cannot read', async () => {
    const [grant] = (await rows()) as { readonly attributes: Readonly<Record<string, unknown>> }[];
    await withoutKey.outbox.put({
      key: { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' },
      generation: String(grant?.attributes['grantGeneration']),
      configuration: fixture.provider.client().configuration,
      tokens: [{ token: 'development-token', kind: 'refresh_token' }],
      accountId: undefined,
    });
    await withoutKey.outbox.processDue(signal).catch(() => undefined);
    expect(fixture.provider.seen.filter(({ call }) => call === 'revoke')).toEqual([]);
  });
});

describe('a server that lacks the key of an outbox entry', () => {
  const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
  const revoked = () =>
    fixture.provider.seen.flatMap(({ call, token }) => (call === 'revoke' ? [token] : []));

  it('D62: revokes grants it can read, and leaves the entry to a server with the key', async () => {
    fixture.provider.revokeOutcome = 'failed_transient';
    await withKey.outbox.put({
      key,
      generation: 'g-earlier',
      configuration: {
        dialect: 'standard',
        authorizationEndpoint: 'https://old.example.com/authorize',
        tokenEndpoint: 'https://old.example.com/token',
        revocationEndpoint: 'https://old.example.com/revoke',
        clientId: 'old-client',
        tokenEndpointAuthMethod: 'none',
      },
      tokens: [{ token: 'rt-earlier', kind: 'refresh_token' }],
      accountId: undefined,
    });
    // In this test, the server without the key has written the grant itself.
    await withKey.store.deleteUnreadable(key);
    const grant = fixture.provider.authorize();
    const client = fixture.provider.client();
    await withoutKey.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
    fixture.provider.revokeOutcome = 'revoked';
    const reason = 'disconnect';
    const grantOfAna = { connectorId: connector.id, profileUid: 'u_ana', actor: undefined };
    expect(await withoutKey.grants.revokeGrantOf({ ...grantOfAna, reason })).toBe(true);
    await expect(withoutKey.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'no_token' });
    await expect(withoutKey.outbox.processDue(signal)).rejects.toMatchObject({
      code: 'undecryptable',
    });
    expect(revoked()).toEqual([grant.refreshToken, grant.accessToken]);
    const views = await withoutKey.connections.ofUser('u_ana', [connector]);
    expect(views.get(connector.id)?.status).toBe('not_connected');
    await withKey.outbox.processDue(signal);
    expect(revoked().slice(2)).toEqual(['rt-earlier']);
    expect(await rows()).toEqual([]);
  });
});
