import { aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GrantRecord } from './grants/grant_record.ts';
import { aConnector } from './rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';
import type { UncheckedGrant } from './unchecked_grants.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const connector = aConnector();
const user = { connectorId: connector.id, profileUid: 'u_ana' } as const;
const { signal } = new AbortController();

let fixture: TokenFixture;
let process: TokenProcess;
beforeEach(async () => {
  fixture = await createTokenFixture();
  process = fixture.process({ connector });
});
afterEach(() => fixture.close());

/** Authorizes with an account, as a user does. A grant of another account is held. */
async function authorize(account = 'ana', at = connector): Promise<void> {
  await process.grants.saveGrant({
    connector: at,
    client: fixture.provider.client(),
    profileUid: 'u_ana',
    grant: fixture.provider.authorize({ account: { id: account, label: account } }),
    hold: {
      flowId: 'flow-1',
      browserBinding: 'browser',
      returnUrl: undefined,
      until: new Date(fixture.clock.now() + HOUR_MS),
    },
  });
}

async function read(): Promise<GrantRecord> {
  const record = await process.store.read({ scope: 'per-user', ...user });
  if (record === undefined) throw new Error('the grant was not found');
  return record;
}

async function due(): Promise<readonly UncheckedGrant[]> {
  const found: UncheckedGrant[] = [];
  await process.uncheckedGrants.forEachDue(async (grant) => void found.push(grant), signal);
  return found;
}

describe('the mark of an unchecked grant', () => {
  it('contains the client that obtained the grant', async () => {
    await authorize();
    const { fingerprint, configuration } = fixture.provider.client();
    expect((await read()).unchecked).toEqual({
      since: new Date(fixture.clock.now()),
      client: { fingerprint, configuration },
    });
  });

  it('is kept by the choice of a site and by a refresh', async () => {
    await authorize();
    const { unchecked } = await read();
    const sites = [{ id: 's-1', label: 'One', facts: {} }];
    await process.store.compareAndSet(await read(), { facts: { values: {}, sites } });
    expect(await process.sites.choose(user, 's-1', aPrincipal())).toMatchObject({ id: 's-1' });
    await fixture.clock.advance(HOUR_MS);
    await process.tokens.getToken({ connector, profileUid: 'u_ana' });
    expect(fixture.provider.refreshes).toBe(1);
    expect((await read()).unchecked).toEqual(unchecked);
  });

  it('is kept when a held grant replaces the grant', async () => {
    await authorize();
    const { unchecked, generation } = await read();
    await authorize('ben');
    const decision = { decision: 'change', client: fixture.provider.client() } as const;
    const about = { ...user, flowId: 'flow-1', actor: aPrincipal() };
    expect(await process.accountChanges.decide({ ...about, ...decision })).toBeDefined();
    // The connector may have been changed before the first grant was stored, and the client of the
    // held grant is the same.
    expect(await read()).toMatchObject({ account: { id: 'ben' }, unchecked });
    await process.uncheckedGrants.markChecked({ ...user, generation });
    expect((await read()).unchecked).toEqual(unchecked);
  });

  it('is replaced by a new authorization', async () => {
    await authorize();
    const { generation } = await read();
    await process.uncheckedGrants.markChecked({ ...user, generation });
    expect((await read()).unchecked).toBeUndefined();
    await fixture.clock.advance(1000);
    await authorize();
    await process.uncheckedGrants.markChecked({ ...user, generation });
    expect((await read()).unchecked?.since).toEqual(new Date(fixture.clock.now()));
  });

  it('has no client if the connector is preconfigured, because another server may not have the connector', async () => {
    await authorize('ana', { ...connector, isPreconfigured: true });
    expect((await read()).unchecked).toEqual({
      since: new Date(fixture.clock.now()),
      client: undefined,
    });
  });

  it('is removed when the grant ends', async () => {
    await authorize();
    fixture.provider.revokeOutcome = 'failed_transient';
    await process.grantRevoker.revokeNow({ ...user, reason: 'disconnect', actor: undefined });
    expect(await read()).toMatchObject({ state: 'revocation_pending', unchecked: undefined });
  });
});

describe('an unchecked grant', () => {
  it('is due a minute after it was stored, until it is marked as checked', async () => {
    await authorize();
    await fixture.clock.advance(MINUTE_MS - 1);
    expect(await due()).toEqual([]);
    await fixture.clock.advance(1);
    const { generation, unchecked } = await read();
    const grant = {
      ...user,
      generation,
      spaceId: 'default',
      clientFingerprint: 'fp-1',
      client: unchecked?.client,
    };
    expect(await due()).toEqual([grant]);
    await process.uncheckedGrants.markChecked(grant);
    expect(await due()).toEqual([]);
  });

  it('is due immediately when a server whose clock is ahead has stored it', async () => {
    await authorize();
    fixture.clock.jumpWall(-2 * HOUR_MS);
    expect(await due()).toMatchObject([user]);
  });

  it('is not due immediately when the clock of its server is less than a minute ahead', async () => {
    await authorize();
    fixture.clock.jumpWall(-MINUTE_MS + 1);
    expect(await due()).toEqual([]);
  });

  it('has no known client when an older version has stored a grant of another client', async () => {
    await authorize();
    await process.store.compareAndSet(await read(), {
      generation: 'g-2',
      clientFingerprint: 'fp-2',
    });
    await fixture.clock.advance(MINUTE_MS);
    expect(await due()).toMatchObject([{ generation: 'g-2', client: undefined }]);
  });

  it('is not checked, and loses its mark, when an older version has ended it', async () => {
    await authorize();
    await process.store.compareAndSet(await read(), { state: 'revocation_pending' });
    await fixture.clock.advance(MINUTE_MS);
    expect(await due()).toEqual([]);
    expect((await read()).unchecked).toBeUndefined();
  });
});
