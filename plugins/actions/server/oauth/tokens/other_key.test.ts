import { SavedObjectError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ConnectorLookup } from '../../connector_data/index.ts';
import { openActionsStore } from '../../testing/index.ts';
import {
  OAUTH_REVOCATION_JOB_TYPE,
  OAUTH_REVOCATION_TYPE,
  USER_CONNECTOR_TOKEN_TYPE,
} from './index.ts';
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

/** Returns the repository of a server with another key, on the same store. */
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
      withoutKey.grantRevoker.revokeNow({
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
  it('D62: reports a temporary error and does not ask the user to authorize', async () => {
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

  it('D62: revokes no tokens of a grant that it cannot read', async () => {
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

  it('D62: revokes grants that it can read, and leaves the entry to a server with the key', async () => {
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
    // Removes the grant of the other server, so that the server without the key writes the grant
    // itself.
    await withKey.store.deleteUnreadable(key);
    const grant = fixture.provider.authorize();
    const client = fixture.provider.client();
    await withoutKey.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
    fixture.provider.revokeOutcome = 'revoked';
    const reason = 'disconnect';
    const grantOfAna = { connectorId: connector.id, profileUid: 'u_ana', actor: undefined };
    expect(await withoutKey.grantRevoker.revokeNow({ ...grantOfAna, reason })).toBe('waiting');
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

/**
 * Result of looking up a connector whose secrets cannot be decrypted. `keyId`: id of the key that
 * they need.
 */
function unreadableConnector(keyId: string | undefined): ConnectorLookup {
  const details = { type: 'action', id: connector.id, ...(keyId === undefined ? {} : { keyId }) };
  const message = `[action:${connector.id}] cannot be decrypted`;
  return { kind: 'unreadable', reason: new SavedObjectError('undecryptable', message, details) };
}

describe('a server that can read a grant but lacks the key of its client', () => {
  const revoked = () =>
    fixture.provider.seen.flatMap(({ call, token }) => (call === 'revoke' ? [token] : []));
  const disconnect = ({ grantRevoker }: TokenProcess) =>
    grantRevoker.revokeNow({
      connectorId: connector.id,
      profileUid: 'u_ana',
      reason: 'disconnect',
      actor: undefined,
    });
  const without = (found: ConnectorLookup) =>
    fixture.process({ connectors: { find: async () => found } });
  const needsTheKey = { name: 'SavedObjectError', code: 'store_unavailable' };

  it.each([
    ['a disconnect', disconnect],
    [
      'the cleanup of unused grants',
      ({ grants }: TokenProcess) => grants.revokeStale(new Date(fixture.clock.now() + 1), signal),
    ],
  ])('D60 D62: keeps the grant in %s, and a server with the key revokes it', async (_, attempt) => {
    await fixture.clock.advance(1000);
    const before = await rows();
    await expect(attempt(without(unreadableConnector('k2')))).rejects.toMatchObject(needsTheKey);
    expect(await rows()).toEqual(before);
    expect(await disconnect(withKey)).toBe('revoked');
    expect(revoked()).toHaveLength(2);
    expect(await rows()).toEqual([]);
  });

  it('D60 D62: keeps the grant if it lacks the key of the job that contains the former client', async () => {
    const { fingerprint, configuration } = fixture.provider.client();
    const now = new Date(fixture.clock.now()).toISOString();
    const other = await repositoryUnderAnotherKey();
    await other.create(
      OAUTH_REVOCATION_JOB_TYPE,
      {
        scope: 'connector',
        connectorId: connector.id,
        spaceId: connector.spaceId,
        reason: 'connector_deleted',
        state: 'running',
        isSettled: false,
        createdAt: now,
        startedAt: now,
        fingerprint,
        client: configuration,
        total: 1,
        ended: 0,
        unrevocable: 0,
        failed: 0,
        results: { failed: 0, unsupported: 0, replaced: 0 },
        waiting: 0,
      },
      { id: 'job-1' },
    );
    const before = await rows();
    await expect(disconnect(without({ kind: 'missing' }))).rejects.toMatchObject(needsTheKey);
    expect(await rows()).toEqual(before);
  });

  it('ends the grant without a revocation if the secrets are corrupt', async () => {
    const process = without(unreadableConnector(undefined));
    expect(await disconnect(process)).toBe('unsupported');
    await expect(withKey.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'no_token' });
    expect(revoked()).toEqual([]);
    expect(process.events).toContainEqual(
      expect.objectContaining({ type: 'revoked', outcome: 'unsupported' }),
    );
  });

  it('D62: leaves a waiting revocation to a server with the current credentials', async () => {
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(withKey);
    fixture.provider.revokeOutcome = 'revoked';
    const attempted = revoked().length;
    await fixture.clock.advance(DAY_MS);
    const process = without(unreadableConnector('k2'));
    await expect(process.outbox.processDue(signal)).rejects.toMatchObject(needsTheKey);
    expect(revoked()).toHaveLength(attempted);
    await fixture.clock.advance(DAY_MS);
    await withKey.outbox.processDue(signal);
    expect(revoked()).toHaveLength(attempted + 2);
    expect(await rows()).toEqual([]);
  });

  it.each([
    ['the user is not connected', false],
    ['the user has authorized again', true],
  ])(
    'D62: sends the tokens with the stored client in the last attempt, after a week, if %s',
    async (_, isConnected) => {
      fixture.provider.revokeOutcome = 'failed_transient';
      await disconnect(withKey);
      fixture.provider.revokeOutcome = 'revoked';
      const attempted = revoked().length;
      const { outbox } = without(unreadableConnector('k2'));
      for (let count = 1; count < 28; count += 1) {
        await fixture.clock.advance(DAY_MS / 4);
        await expect(outbox.processDue(signal)).rejects.toMatchObject(needsTheKey);
      }
      expect(revoked()).toHaveLength(attempted);
      if (isConnected) {
        const grant = fixture.provider.authorize();
        const client = fixture.provider.client();
        await withKey.grants.saveGrant({ ...ana, client, grant });
      }
      await fixture.clock.advance(DAY_MS / 4);
      await outbox.processDue(signal);
      expect(revoked()).toHaveLength(attempted + 2);
      expect(await rows()).toHaveLength(isConnected ? 1 : 0);
    },
  );

  it('D62: revokes the other grants of an entry whose first grant waits for the key', async () => {
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(withKey);
    fixture.provider.revokeOutcome = 'revoked';
    const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
    const { configuration } = fixture.provider.client();
    const other = { key, configuration, accountId: undefined };
    const attempted = revoked().length;
    await fixture.clock.advance(DAY_MS);
    const { outbox } = without(unreadableConnector('k2'));
    await outbox.put({
      ...other,
      generation: 'g-other',
      tokens: [{ token: 'rt-other', kind: 'refresh_token' }],
    });
    await outbox.put({
      ...other,
      generation: 'g-unreadable',
      spaceId: connector.spaceId,
      tokens: [{ token: 'rt-unreadable', kind: 'refresh_token' }],
    });
    await expect(outbox.processDue(signal)).rejects.toMatchObject(needsTheKey);
    expect(revoked().slice(attempted)).toEqual(['rt-other']);
    await withKey.outbox.retryConnector(connector.id, signal);
    expect(revoked().slice(attempted)).toContain('rt-unreadable');
    expect(revoked().filter((token) => token === 'rt-other')).toHaveLength(1);
    expect(await rows()).toEqual([]);
  });
});
