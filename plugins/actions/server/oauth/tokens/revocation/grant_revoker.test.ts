import { aPrincipal } from '@latchkey/core/server/mocks';
import { SavedObjectError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { grantId } from '../grants/grant_key.ts';
import { USER_CONNECTOR_TOKEN_TYPE } from '../grants/token_types.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const anaKey = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
const actor = aPrincipal();

let fixture: TokenFixture;
beforeEach(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => fixture.close());

async function connect(process: TokenProcess, profileUid = 'u_ana', over = {}): Promise<void> {
  const client = fixture.provider.client();
  await process.grants.saveGrant({
    connector,
    client,
    profileUid,
    grant: fixture.provider.authorize(over),
  });
}

const disconnect = (process: TokenProcess, profileUid = 'u_ana') =>
  process.grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid,
    reason: 'disconnect',
    actor,
  });

async function statusOf(process: TokenProcess, profileUid = 'u_ana'): Promise<string | undefined> {
  return (await process.connections.ofUser(profileUid, [connector])).get(connector.id)?.status;
}

const revoked = () =>
  fixture.provider.seen.filter(({ call }) => call === 'revoke').map(({ token }) => token);

describe('a grant that an edit of its connector ended', () => {
  const revokedByEdit = (process: TokenProcess) =>
    process.grantRevoker.revokeNow({
      connectorId: connector.id,
      profileUid: 'u_ana',
      reason: 'connector_changed',
      actor,
    });
  const viewOf = async (process: TokenProcess) =>
    (await process.connections.ofUser('u_ana', [connector])).get(connector.id);
  const changed = { status: 'needs_reauth', lastError: { code: 'connector_changed' } };

  it.each(['revoked', 'unsupported', 'failed_permanent', 'failed_transient'] as const)(
    'has the status needs_reauth with the error connector_changed if the revocation is %s',
    async (outcome) => {
      const process = fixture.process({ connector });
      await connect(process);
      fixture.provider.revokeOutcome = outcome;
      expect(await revokedByEdit(process)).not.toBe('none');
      expect(await viewOf(process)).toMatchObject(changed);
      await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
        reason: 'token_revoked',
        message: expect.stringContaining('was changed after you authorized it'),
      });
    },
  );

  it('keeps the error connector_changed when the revocation succeeds later', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await revokedByEdit(process);
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(60_000);
    await process.outbox.processDue(new AbortController().signal);
    expect(fixture.provider.alive).toBe(0);
    expect(await viewOf(process)).toMatchObject(changed);
  });

  it.each(['cancels', 'does not finish'] as const)(
    'keeps the error connector_changed when the user %s a new authorization',
    async (end) => {
      const process = fixture.process({ connector });
      await connect(process);
      await revokedByEdit(process);
      const mark = (until: Date | undefined) =>
        process.grants.markPending({ connector, profileUid: 'u_ana', until });
      const until = new Date(fixture.clock.now() + 600_000);
      for (let attempts = 0; attempts < 2; attempts += 1) {
        await mark(until);
        expect(await viewOf(process)).toMatchObject({ status: 'pending' });
      }
      await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
        message: expect.stringContaining('was changed after you authorized it'),
      });
      if (end === 'cancels') await mark(undefined);
      else await fixture.clock.advance(600_001);
      expect(await viewOf(process)).toMatchObject(changed);
      await connect(process);
      expect(await viewOf(process)).toMatchObject({ status: 'connected', lastError: undefined });
    },
  );

  it('has no error after a disconnect', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    await revokedByEdit(process);
    expect(await disconnect(process)).toBe('waiting');
    expect(await viewOf(process)).toMatchObject({ status: 'not_connected', lastError: undefined });
    expect(await disconnect(process)).toBe('none');
  });

  it('is reported as not revoked even after a disconnect if the provider does not support revocation', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    fixture.provider.revokeOutcome = 'unsupported';
    await revokedByEdit(process);
    const reported = { unsupportedRevocations: { count: 1 } };
    expect(await viewOf(process)).toMatchObject({ ...changed, ...reported });
    expect(await disconnect(process)).toBe('waiting');
    expect(await viewOf(process)).toMatchObject({
      status: 'not_connected',
      lastError: { code: 'revocation_unsupported' },
      ...reported,
    });
    expect(await disconnect(process)).toBe('none');
  });

  it('is revocation_pending after a disconnect while its tokens wait to be revoked', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await revokedByEdit(process);
    expect(await disconnect(process)).toBe('waiting');
    expect(await statusOf(process)).toBe('revocation_pending');
  });

  it('is replaced by a new authorization', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    await revokedByEdit(process);
    await connect(process);
    expect(await viewOf(process)).toMatchObject({ status: 'connected', lastError: undefined });
  });
});

describe('a disconnect', () => {
  it('H110: revokes the refresh token before the access token, and leaves other users connected', async () => {
    const process = fixture.process({ connector });
    await connect(process, 'u_ana');
    await connect(process, 'u_ben');
    const record = await process.store.read(anaKey);
    expect(await disconnect(process)).toBe('revoked');
    expect(revoked()).toEqual([record?.refreshToken, record?.accessToken?.replace('Bearer ', '')]);
    expect(await statusOf(process, 'u_ana')).toBe('not_connected');
    expect(await statusOf(process, 'u_ben')).toBe('connected');
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'no_token' });
  });

  it('returns `none` when there is nothing to disconnect', async () => {
    expect(await disconnect(fixture.process({ connector }))).toBe('none');
  });

  it('H111: ends the grant here immediately, shows a pending revocation and retries it', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(process);
    expect(await statusOf(process)).toBe('revocation_pending');
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'no_token' });
    fixture.provider.revokeOutcome = 'revoked';
    const signal = new AbortController().signal;
    await process.outbox.processDue(signal);
    expect(await statusOf(process)).toBe('revocation_pending');
    await fixture.clock.advance(60_000);
    await process.outbox.processDue(signal);
    expect(await statusOf(process)).toBe('not_connected');
    expect(await process.store.read(anaKey)).toBeUndefined();
  });

  it('reports to the user that the provider does not support revocation', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    fixture.provider.revokeOutcome = 'unsupported';
    await disconnect(process);
    const connections = await process.connections.ofUser('u_ana', [connector]);
    expect(connections.get(connector.id)).toMatchObject({
      status: 'not_connected',
      lastError: { code: 'revocation_unsupported' },
    });
  });

  it('G103: is not undone by a running refresh, whose tokens are revoked', async () => {
    const process = fixture.process({ connector });
    const other = fixture.process({ connector });
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    let release: () => void = () => undefined;
    fixture.provider.after = () => new Promise((resolve) => (release = () => resolve(undefined)));
    const call = process.tokens.getToken(ana);
    call.catch(() => undefined);
    await fixture.clock.advance(10);
    await disconnect(other);
    release();
    await expect(call).rejects.toMatchObject({ reason: 'no_token' });
    await fixture.clock.advance(60_000);
    await process.outbox.processDue(new AbortController().signal);
    expect(revoked().some((token) => token.startsWith('at-grant-1-2'))).toBe(true);
    expect(await statusOf(process)).toBe('not_connected');
    expect(await process.store.read(anaKey)).toBeUndefined();
  });

  it('G104: discards the result of a running refresh even if the user has authorized again meanwhile', async () => {
    const process = fixture.process({ connector });
    const other = fixture.process({ connector });
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    let release: () => void = () => undefined;
    fixture.provider.after = () => new Promise((resolve) => (release = () => resolve(undefined)));
    const call = process.tokens.getToken(ana);
    await fixture.clock.advance(10);
    await connect(other);
    const fresh = await other.tokens.getToken(ana);
    release();
    expect((await call).fingerprint).toBe(fresh.fingerprint);
    expect(await statusOf(process)).toBe('connected');
    expect(process.events.some(({ type }) => type === 'late_result_discarded')).toBe(true);
  });

  it('H114: never sends tokens of one client to the endpoint of another', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    const edited = fixture.process({ connector, client: { fingerprint: 'fp-2' } });
    await disconnect(edited);
    expect(revoked()).toEqual([]);
    expect(await statusOf(process)).toBe('not_connected');
  });
});

describe('unused grants', () => {
  it('are found by the date of their last use, not of their last change', async () => {
    const process = fixture.process({ connector });
    await connect(process, 'u_ana');
    await connect(process, 'u_ben');
    await fixture.clock.advance(91 * 24 * HOUR_MS);
    await process.tokens.getToken(ana);
    await fixture.clock.advance(1000);
    const before = new Date(fixture.clock.now() - 90 * 24 * HOUR_MS);
    expect(await process.grants.revokeStale(before, new AbortController().signal)).toBe(1);
    await process.outbox.drain(1000);
    expect(await statusOf(process, 'u_ana')).toBe('connected');
    expect(await statusOf(process, 'u_ben')).toBe('not_connected');
  });
});

describe('the cleanup of unused grants', () => {
  const DAY_MS = 24 * HOUR_MS;
  const cleanUp = (process: TokenProcess) =>
    process.grants.revokeStale(
      new Date(fixture.clock.now() - 90 * DAY_MS),
      new AbortController().signal,
    );

  it('keeps a new grant that replaced one which was last used long ago', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    await process.tokens.getToken(ana);
    while ((await process.store.read(anaKey))?.lastUsedAt === undefined)
      await new Promise((resolve) => setImmediate(resolve));
    await fixture.clock.advance(89 * DAY_MS);
    await connect(process);
    await fixture.clock.advance(2 * DAY_MS);
    expect(await cleanUp(process)).toBe(0);
    expect((await process.store.read(anaKey))?.lastUsedAt).toBeUndefined();
    await fixture.clock.advance(89 * DAY_MS);
    expect(await cleanUp(process)).toBe(1);
    await process.outbox.drain(1000);
  });

  it('keeps a grant that is used, or whose user authorizes again, during the cleanup', async () => {
    const process = fixture.process({ connector });
    await connect(process, 'u_ana');
    await connect(process, 'u_ben');
    await connect(process, 'u_carl');
    await fixture.clock.advance(91 * DAY_MS);
    const revoke = process.grantRevoker.revoke.bind(process.grantRevoker);
    let isFirst = true;
    vi.spyOn(process.grantRevoker, 'revoke').mockImplementation(async (request) => {
      if (isFirst) {
        isFirst = false;
        const ben = await process.store.read({ ...anaKey, profileUid: 'u_ben' });
        if (ben === undefined) throw new Error('the grant was not found');
        await process.store.compareAndSet(ben, { lastUsedAt: new Date(fixture.clock.now()) });
        await connect(process, 'u_ana');
      }
      return revoke(request);
    });
    expect(await cleanUp(process)).toBe(1);
    await process.outbox.drain(1000);
    expect(await statusOf(process, 'u_ana')).toBe('connected');
    expect(await statusOf(process, 'u_ben')).not.toBe('not_connected');
    expect(await statusOf(process, 'u_carl')).toBe('not_connected');
  });
});

describe('a read of a damaged or moved document', () => {
  it('D54: refuses tokens that were moved to another user', async () => {
    const process = fixture.process({ connector });
    await connect(process, 'u_ana');
    await connect(process, 'u_ben');
    const benKey = { ...anaKey, profileUid: 'u_ben' };
    await swapCiphertext(grantId(anaKey), grantId(benKey));
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
      name: 'ConnectorAuthorizationError',
    });
    await expect(process.tokens.getToken({ connector, profileUid: 'u_ben' })).rejects.toMatchObject(
      {
        name: 'ConnectorAuthorizationError',
      },
    );
  });

  it('D55: reports a damaged document, which a new authorization repairs', async () => {
    const process = fixture.process({ connector });
    await connect(process, 'u_ana');
    await connect(process, 'u_ben');
    await damage(grantId(anaKey));
    await expect(process.store.read(anaKey)).rejects.toBeInstanceOf(SavedObjectError);
    const reads = vi.spyOn(fixture.store, 'getMany');
    const connections = await process.connections.ofUser('u_ana', [connector, { id: 'other' }]);
    expect(connections.get(connector.id)).toMatchObject({
      status: 'needs_reauth',
      lastError: { code: 'token_unreadable' },
    });
    expect(connections.get('other')?.status).toBe('not_connected');
    expect(reads.mock.calls.map(([keys]) => keys.length)).toEqual([2]);
    expect(await statusOf(process, 'u_ben')).toBe('connected');
    await connect(process, 'u_ana');
    expect(await statusOf(process, 'u_ana')).toBe('connected');
    await process.tokens.getToken(ana);
  });

  it('leaves a document of a newer version unchanged, and does not ask the user to authorize again', async () => {
    const process = fixture.process({ connector });
    await connect(process, 'u_ana');
    await connect(process, 'u_ben');
    const [row] = await fixture.store.getMany(
      [`${USER_CONNECTOR_TOKEN_TYPE}:${grantId(anaKey)}`],
      USER_CONNECTOR_TOKEN_TYPE,
    );
    if (row === undefined) throw new Error('the row was not found');
    const newer = await fixture.store.put({
      ...row,
      modelVersion: 99,
      attributes: { ...row.attributes, status: 'invented_later' },
    });
    const connections = await process.connections.ofUser('u_ana', [connector]);
    expect(connections.get(connector.id)).toMatchObject({
      status: 'refresh_failing',
      lastError: { code: 'newer_version' },
    });
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
      name: 'TokenUnavailableError',
      code: 'store_unavailable',
    });
    await expect(connect(process, 'u_ana')).rejects.toMatchObject({ code: 'newer_version' });
    expect(await statusOf(process, 'u_ben')).toBe('connected');
    expect(await fixture.store.getMany([row.key], USER_CONNECTOR_TOKEN_TYPE)).toEqual([newer]);
  });

  it('D56: refuses a write that is based on an older document', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    const old = await process.store.read(anaKey);
    await fixture.clock.advance(HOUR_MS);
    await process.tokens.getToken(ana);
    if (old === undefined) throw new Error('the grant was not found');
    expect(await process.store.compareAndSet(old, { failures: 1 })).toBeUndefined();
    expect((await process.store.read(anaKey))?.refreshToken).not.toBe(old.refreshToken);
  });
});

describe('the status `pending`', () => {
  it('is shown while the user is at the provider, and expires by itself', async () => {
    const process = fixture.process({ connector });
    const until = new Date(fixture.clock.now() + 600_000);
    await process.grants.markPending({ connector, profileUid: 'u_ana', until });
    expect(await statusOf(process)).toBe('pending');
    await fixture.clock.advance(600_001);
    expect(await statusOf(process)).toBe('not_connected');
  });

  it('is not shown for a grant that works', async () => {
    const process = fixture.process({ connector });
    await connect(process);
    await process.grants.markPending({
      connector,
      profileUid: 'u_ana',
      until: new Date(fixture.clock.now() + 1000),
    });
    expect(await statusOf(process)).toBe('connected');
    await process.grants.markPending({ connector, profileUid: 'u_ana', until: undefined });
    expect(await statusOf(process)).toBe('connected');
  });
});

async function rawRow(id: string) {
  const key = `${USER_CONNECTOR_TOKEN_TYPE}:${id}`;
  const [row] = await fixture.store.getMany([key], USER_CONNECTOR_TOKEN_TYPE);
  if (row === undefined) throw new Error('the row was not found');
  return row;
}

async function swapCiphertext(one: string, two: string): Promise<void> {
  const [a, b] = [await rawRow(one), await rawRow(two)];
  await fixture.store.put({
    ...a,
    attributes: { ...a.attributes, credentials: b.attributes['credentials'] },
  });
  await fixture.store.put({
    ...b,
    attributes: { ...b.attributes, credentials: a.attributes['credentials'] },
  });
}

async function damage(id: string): Promise<void> {
  const row = await rawRow(id);
  const text = String(row.attributes['credentials']);
  const at = text.length - 5;
  const flipped = text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);
  await fixture.store.put({ ...row, attributes: { ...row.attributes, credentials: flipped } });
}
