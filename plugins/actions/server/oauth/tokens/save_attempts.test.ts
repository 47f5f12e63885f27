import { aPrincipal } from '@latchkey/core/server/mocks';
import type { TokenGrant } from '@latchkey/oauth-client';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { AccountHold } from './grants/account_change.ts';
import { UnconfirmedGrantError } from './grants/token_errors.ts';
import { USER_CONNECTOR_TOKEN_TYPE } from './grants/token_types.ts';
import { aConnector } from './rotating_provider.mock.ts';
import { SaveAttempts } from './save_attempts.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';

const connector = aConnector();
const profileUid = 'u_ana';
const key = { scope: 'per-user', connectorId: connector.id, profileUid } as const;

let fixture: TokenFixture;
let process: TokenProcess;
let attempts: SaveAttempts;
/** Fault of the next write of a grant. */
let fault: 'lost_request' | 'lost_response' | undefined;
/** Number of writes of a grant that succeed before the one with the fault. */
let writesBeforeFault: number;

const withFault = (inner: DocumentStore): DocumentStore => ({
  ...inner,
  put: async (document, options) => {
    const now = document.type === USER_CONNECTOR_TOKEN_TYPE ? fault : undefined;
    if (now === undefined) return inner.put(document, options);
    if (writesBeforeFault > 0) {
      writesBeforeFault -= 1;
      return inner.put(document, options);
    }
    fault = undefined;
    if (now === 'lost_response') await inner.put(document, options);
    throw new StoreError('unavailable', 'test');
  },
});

beforeEach(async () => {
  fault = undefined;
  writesBeforeFault = 0;
  attempts = new SaveAttempts();
  fixture = await createTokenFixture({ wrapStore: withFault });
  process = fixture.process({ connector });
});
afterEach(() => fixture.close());

const hold: AccountHold = {
  flowId: 'flow-1',
  browserBinding: 'browser-1',
  returnUrl: undefined,
  until: new Date('2100-01-01'),
};
const aGrant = (account?: string): TokenGrant =>
  fixture.provider.authorize(account === undefined ? {} : { account: { id: account, label: '' } });
const markPending = () =>
  process.grants.markPending({ connector, profileUid, until: new Date(fixture.clock.now() + 1) });
const save = (grant: TokenGrant, over: { readonly generation?: string } = {}) =>
  process.grants.saveGrant({
    connector,
    client: fixture.provider.client(),
    profileUid,
    grant,
    generation: 'g-1',
    hold,
    attempts,
    ...over,
  });
const saveWith = async (next: NonNullable<typeof fault>, grant: TokenGrant): Promise<void> => {
  fault = next;
  await expect(save(grant)).rejects.toMatchObject({ code: 'store_unavailable' });
};
const disconnect = () =>
  process.grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid,
    reason: 'disconnect',
    actor: aPrincipal(),
  });

it('does not store a grant again that the user has disconnected after a write without a response', async () => {
  await markPending();
  const grant = aGrant();
  await saveWith('lost_response', grant);
  expect(await disconnect()).toBe('revoked');
  await expect(save(grant)).rejects.toThrow(UnconfirmedGrantError);
  expect(await process.store.read(key)).toBeUndefined();
});

it('does not store a grant again when its user has disconnected and is authorizing again', async () => {
  await markPending();
  const grant = aGrant();
  await saveWith('lost_response', grant);
  await disconnect();
  await markPending();
  await expect(save(grant)).rejects.toThrow(UnconfirmedGrantError);
  expect((await process.store.read(key))?.state).toBe('pending');
});

it('does not store a grant over the later authorization that has replaced it', async () => {
  await markPending();
  const grant = aGrant();
  await saveWith('lost_response', grant);
  await process.grants.saveGrant({
    connector,
    client: fixture.provider.client(),
    profileUid,
    grant: aGrant(),
    generation: 'g-2',
  });
  await expect(save(grant)).rejects.toThrow(UnconfirmedGrantError);
  expect((await process.store.read(key))?.generation).toBe('g-2');
});

it('does not hold a grant again that the user has refused after a write without a response', async () => {
  await save(aGrant('a'), { generation: 'g-0' });
  const grant = aGrant('b');
  await saveWith('lost_response', grant);
  const { connectorId } = key;
  const decided = { connectorId, profileUid, flowId: hold.flowId, actor: aPrincipal() };
  await process.accountChanges.decide({ ...decided, decision: 'keep' });
  await expect(save(grant)).rejects.toThrow(UnconfirmedGrantError);
  expect((await process.store.read(key))?.held).toBeUndefined();
});

it('finds the grant that a write without a response has stored', async () => {
  await markPending();
  const grant = aGrant();
  await saveWith('lost_response', grant);
  const version = (await process.store.read(key))?.version;
  expect((await save(grant)).status).toBe('connected');
  expect((await process.store.read(key))?.version).toBe(version);
});

it('finds the grant that a write without a response has stored and the user has disconnected, and leaves it ended', async () => {
  await markPending();
  const grant = aGrant();
  await saveWith('lost_response', grant);
  fixture.provider.revokeOutcome = 'failed_transient';
  await disconnect();
  await save(grant);
  expect((await process.store.read(key))?.state).toBe('revocation_pending');
});

it('stores a grant whose first write was not made', async () => {
  await save(aGrant(), { generation: 'g-0' });
  const grant = aGrant();
  await saveWith('lost_request', grant);
  // A use of the earlier grant changes the version of the document.
  const record = await process.store.read(key);
  if (record === undefined) throw new Error('the grant was not found');
  await process.store.compareAndSet(record, { lastUsedAt: new Date(fixture.clock.now()) });
  expect((await save(grant)).status).toBe('connected');
  expect((await process.store.read(key))?.generation).toBe('g-1');
});

it.each(['lost_request', 'lost_response'] as const)(
  'stores a grant without a document when the first write had the fault %s',
  async (first) => {
    const grant = aGrant();
    await saveWith(first, grant);
    expect((await save(grant)).status).toBe('connected');
  },
);

it('stores a grant whose first write was not made when the connection had no document', async () => {
  const grant = aGrant();
  writesBeforeFault = 1;
  await saveWith('lost_request', grant);
  expect((await save(grant)).status).toBe('connected');
});

it('does not store a grant again when it was stored without a document, and its user has disconnected', async () => {
  const grant = aGrant();
  writesBeforeFault = 1;
  await saveWith('lost_response', grant);
  expect(await disconnect()).toBe('revoked');
  await expect(save(grant)).rejects.toThrow(UnconfirmedGrantError);
  expect(await process.store.read(key)).toBeUndefined();
});
