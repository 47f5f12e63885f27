import { aPrincipal } from '@latchkey/core/server/mocks';
import type { StandardClient } from '@latchkey/oauth-client';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderClient } from '../../strategies/index.ts';
import { MAX_SUPERSEDED, USER_CONNECTOR_TOKEN_TYPE } from '../grants/token_types.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import { OAUTH_REVOCATION_TYPE } from './revocation_type.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const connector = aConnector();
const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
const request = { connector, profileUid: 'u_ana' };
const { signal } = new AbortController();

let fixture: TokenFixture;
/** Members in which the provider client differs from the default. */
let client: Partial<ProviderClient>;
beforeEach(async () => {
  fixture = await createTokenFixture();
  client = {};
});
afterEach(() => fixture.close());

/** Account that the provider names. `undefined`: it names none. */
type Account = 'ana' | 'ben' | undefined;

/** Creates a process whose provider is Google, which ends all grants of an account together. */
function atGoogle(): TokenProcess {
  fixture.provider.revokesAllGrants = true;
  const standard = fixture.provider.client().configuration as StandardClient;
  client = {
    configuration: { ...standard, tokenEndpoint: 'https://oauth2.googleapis.com/token' },
  };
  return fixture.process({ connector, client });
}

async function authorize(process: TokenProcess, account?: Account): Promise<string> {
  const known = account === undefined ? {} : { account: { id: account, label: account } };
  const grant = fixture.provider.authorize(known);
  await process.grants.saveGrant({
    connector,
    client: fixture.provider.client(client),
    profileUid: 'u_ana',
    grant,
  });
  await process.outbox.drain(1000);
  return grant.refreshToken ?? '';
}
const disconnect = (process: TokenProcess) =>
  process.grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: undefined,
  });
const viewOf = async (process: TokenProcess) =>
  (await process.connections.ofUser('u_ana', [connector])).get(connector.id);
const revoked = () =>
  fixture.provider.seen.filter(({ call }) => call === 'revoke').map(({ token }) => token);
async function documentsOf(type: string) {
  const found = [];
  for await (const batch of fixture.store.iterate({ types: [type], batchSize: 100 }))
    found.push(...batch);
  return found;
}
const waiting = async () => (await documentsOf(OAUTH_REVOCATION_TYPE)).length;
/** Advances the clock until waiting revocations are due, and processes them. */
async function processDue(process: TokenProcess): Promise<void> {
  await fixture.clock.advance(2 * HOUR_MS);
  await process.outbox.processDue(signal);
}

describe('authorizing again', () => {
  it.each<[string, Account, Account]>([
    ['with the same account', 'ana', 'ana'],
    ['at a provider that names no account', undefined, undefined],
    ['with an account after an unknown one', undefined, 'ana'],
    ['with an unknown account after a known one', 'ana', undefined],
  ])(
    '%s leaves no active grant after a disconnect, and revokes no grant before it',
    async (_title, first, second) => {
      const process = fixture.process({ connector });
      await authorize(process, first);
      await authorize(process, second);
      expect([revoked(), fixture.provider.alive]).toEqual([[], 2]);
      await process.tokens.getToken(request);
      await disconnect(process);
      expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
      expect(await viewOf(process)).toMatchObject({
        status: 'not_connected',
        lastError: undefined,
      });
      expect(await documentsOf(USER_CONNECTOR_TOKEN_TYPE)).toEqual([]);
    },
  );

  it('revokes the earlier grant immediately if the account differs', async () => {
    const process = fixture.process({ connector });
    const first = await authorize(process, 'ana');
    const second = await authorize(process, 'ben');
    expect([fixture.provider.isAlive(first), fixture.provider.isAlive(second)]).toEqual([
      false,
      true,
    ]);
    await disconnect(process);
    expect(fixture.provider.alive).toBe(0);
  });

  it('revokes the kept grants of the earlier account if the account differs', async () => {
    const process = fixture.process({ connector });
    const tokensOfAna = [await authorize(process, 'ana'), await authorize(process, 'ana')];
    const unknown = await authorize(process);
    await authorize(process, 'ben');
    expect(tokensOfAna.map((token) => fixture.provider.isAlive(token))).toEqual([false, false]);
    expect(fixture.provider.isAlive(unknown)).toBe(true);
    await disconnect(process);
    expect(fixture.provider.alive).toBe(0);
  });

  it('revokes the earlier grant immediately if an edit has changed the host of the API', async () => {
    const first = await authorize(fixture.process({ connector }), 'ana');
    client = { fingerprint: 'fp-2' };
    const edited = fixture.process({
      connector,
      client,
      formerClients: { find: async () => fixture.provider.client() },
    });
    await authorize(edited, 'ana');
    expect([fixture.provider.isAlive(first), fixture.provider.alive]).toEqual([false, 1]);
  });

  it('keeps no tokens if the provider offers no revocation, and writes audit events', async () => {
    const { revocationEndpoint: _none, ...configuration } = fixture.provider.client()
      .configuration as StandardClient;
    client = { configuration };
    const process = fixture.process({ connector, client });
    await authorize(process);
    await authorize(process);
    expect((await process.store.read(key))?.supersededGrants).toEqual([]);
    const outcomes = process.events.flatMap((event) =>
      event.type === 'revoked' ? [event.outcome] : [],
    );
    expect(outcomes).toEqual(['unsupported', 'unsupported']);
  });

  it('does not keep an expired access token if its refresh token is kept', async () => {
    const process = fixture.process({ connector });
    const first = await authorize(process);
    await fixture.clock.advance(2 * HOUR_MS);
    await authorize(process);
    expect((await process.store.read(key))?.supersededGrants).toEqual([
      { tokens: [{ token: first, kind: 'refresh_token' }] },
    ]);
  });

  it('keeps the superseded tokens during refreshes, calls and failures', async () => {
    const process = fixture.process({ connector });
    await authorize(process);
    await authorize(process);
    for (let refreshes = 1; refreshes <= 3; refreshes += 1) {
      await fixture.clock.advance(HOUR_MS);
      await process.tokens.getToken(request);
      expect(fixture.provider.refreshes).toBe(refreshes);
    }
    fixture.provider.revokeAll();
    await fixture.clock.advance(HOUR_MS);
    await expect(process.tokens.getToken(request)).rejects.toMatchObject({
      reason: 'token_revoked',
    });
    expect((await process.store.read(key))?.supersededGrants).toHaveLength(1);
    await disconnect(process);
    expect(revoked().filter((token) => token.startsWith('rt-grant-1-'))).toHaveLength(1);
  });

  it.each(['stale', 'mass_revoke', 'user_removed', 'connector_deleted'] as const)(
    'leaves no active grant after a revocation for the reason %s',
    async (reason) => {
      const process = fixture.process({ connector });
      await authorize(process, 'ana');
      await authorize(process);
      await process.grantRevoker.revoke({ key, reason, actor: undefined });
      await process.outbox.processDue(signal);
      expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
    },
  );
});

describe('the limit of superseded tokens', () => {
  it('is kept by revoking the oldest tokens immediately', async () => {
    const process = fixture.process({ connector });
    const tokens: string[] = [];
    for (let times = 0; times < MAX_SUPERSEDED + 3; times += 1)
      tokens.push(await authorize(process, 'ana'));
    expect(tokens.map((token) => fixture.provider.isAlive(token))).toEqual(
      tokens.map((_token, index) => index >= 2),
    );
    await disconnect(process);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
  });

  it('is kept without a revocation at Google, where it would end the grant in use', async () => {
    const process = atGoogle();
    for (let times = 0; times < MAX_SUPERSEDED + 3; times += 1) await authorize(process, 'ana');
    expect([revoked(), await waiting()]).toEqual([[], 0]);
    await disconnect(process);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
  });

  it('counts characters, so that large tokens reach it earlier', async () => {
    const process = fixture.process({ connector });
    for (let times = 0; times < 4; times += 1) {
      fixture.provider.response = { accessToken: `${times}`.padEnd(100_000, 'x') };
      await authorize(process);
    }
    expect((await process.store.read(key))?.supersededGrants).toHaveLength(2);
    expect(revoked()).toHaveLength(2);
  });
});

describe('a revocation that waits while the user authorizes again', () => {
  /** Connects, disconnects while the provider fails, and connects again. */
  async function connectedAgain(process: TokenProcess, first: Account, second: Account) {
    const token = await authorize(process, first);
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(process);
    const again = await authorize(process, second);
    fixture.provider.revokeOutcome = 'revoked';
    return { token, again };
  }

  it.each<[string, Account, Account]>([
    ['the same account', 'ana', 'ana'],
    ['an unknown account', undefined, undefined],
    ['another account', 'ana', 'ben'],
  ])('H110: is sent if the new authorization has %s', async (_title, first, second) => {
    const process = fixture.process({ connector });
    const { token, again } = await connectedAgain(process, first, second);
    expect(await waiting()).toBe(1);
    await processDue(process);
    expect([fixture.provider.isAlive(token), fixture.provider.isAlive(again)]).toEqual([
      false,
      true,
    ]);
    expect([(await viewOf(process))?.status, await waiting()]).toEqual(['connected', 0]);
    await disconnect(process);
    expect(fixture.provider.alive).toBe(0);
  });

  it('is not sent if it would end the new grant too (Google, same account)', async () => {
    const process = atGoogle();
    const { token, again } = await connectedAgain(process, 'ana', 'ana');
    const requested = revoked().length;
    await processDue(process);
    expect([revoked().length, await waiting()]).toEqual([requested, 0]);
    expect((await process.store.read(key))?.supersededGrants[0]?.tokens[0]?.token).toBe(token);
    expect(fixture.provider.isAlive(again)).toBe(true);
    await disconnect(process);
    expect(revoked().slice(requested)).toContain(token);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
  });

  it('is sent to Google if the account is unknown, even though it may end other grants', async () => {
    const process = atGoogle();
    const { token } = await connectedAgain(process, undefined, undefined);
    await processDue(process);
    expect([fixture.provider.isAlive(token), await waiting()]).toEqual([false, 0]);
  });

  it('is tried again, even if not due, before the user is sent to the provider', async () => {
    const process = fixture.process({ connector });
    const token = await authorize(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(process);
    fixture.provider.revokeOutcome = 'revoked';
    const until = new Date(fixture.clock.now() + 10 * MINUTE_MS);
    await process.grants.markPending({ connector, profileUid: 'u_ana', until });
    expect([fixture.provider.isAlive(token), await waiting()]).toEqual([false, 0]);
  });

  it('loses no token when a crash follows the write to the grant and precedes the removal of the entry', async () => {
    const process = atGoogle();
    const { token } = await connectedAgain(process, 'ana', 'ana');
    const [entry] = await documentsOf(OAUTH_REVOCATION_TYPE);
    await processDue(process);
    // Writes the entry again, as if a crash had prevented its removal.
    if (entry === undefined) throw new Error('the entry was not found');
    await fixture.store.put(entry);
    await processDue(process);
    const kept = (await process.store.read(key))?.supersededGrants ?? [];
    expect(kept.filter(({ tokens }) => tokens[0]?.token === token)).toHaveLength(1);
    expect(await waiting()).toBe(0);
  });
});

describe('tokens of a refresh that arrive after the grant was replaced', () => {
  async function replacedDuringRefresh(first: Account, second: Account) {
    const [process, other] = [fixture.process({ connector }), fixture.process({ connector })];
    await authorize(process, first);
    await fixture.clock.advance(HOUR_MS);
    let release: () => void = () => undefined;
    fixture.provider.after = () => new Promise((resolve) => (release = () => resolve(undefined)));
    const call = process.tokens.getToken(request);
    while (fixture.provider.refreshes === 0) await fixture.clock.advance(10);
    await authorize(other, second);
    release();
    await call;
    return process;
  }

  it('G104: are kept with the new grant, and revoked when it ends', async () => {
    const process = await replacedDuringRefresh('ana', 'ana');
    expect([revoked(), fixture.provider.alive]).toEqual([[], 2]);
    await disconnect(process);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
  });

  it('G104: are revoked immediately if the new grant has another account', async () => {
    const process = await replacedDuringRefresh('ana', 'ben');
    await process.outbox.drain(1000);
    expect([fixture.provider.alive, await waiting()]).toEqual([1, 0]);
    expect((await viewOf(process))?.status).toBe('connected');
  });
});

describe('a change of account that waits for a decision', () => {
  /**
   * Connects twice with the account of Ana, then authorizes twice with that of Ben, whose grant is
   * held.
   */
  async function heldBen(process: TokenProcess) {
    const tokensOfAna = [await authorize(process, 'ana'), await authorize(process, 'ana')];
    const tokensOfBen: string[] = [];
    for (const flowId of ['flow-1', 'flow-2']) {
      const grant = fixture.provider.authorize({ account: { id: 'ben', label: 'ben' } });
      tokensOfBen.push(grant.refreshToken ?? '');
      await process.grants.saveGrant({
        connector,
        client: fixture.provider.client(client),
        profileUid: 'u_ana',
        grant,
        hold: {
          flowId,
          browserBinding: 'browser',
          returnUrl: undefined,
          until: new Date(fixture.clock.now() + 15 * MINUTE_MS),
        },
      });
    }
    return { tokensOfAna, tokensOfBen };
  }
  const decide = (process: TokenProcess, decision: 'keep' | 'change') =>
    process.accountChanges.decide({
      connectorId: connector.id,
      profileUid: 'u_ana',
      flowId: 'flow-2',
      actor: aPrincipal(),
      ...(decision === 'keep'
        ? { decision }
        : { decision, client: fixture.provider.client(client) }),
    });
  const aliveOf = (tokens: readonly string[]) =>
    tokens.map((token) => fixture.provider.isAlive(token));

  it('A33: revokes all grants of the earlier account, and none of the new one, when the user confirms', async () => {
    const process = fixture.process({ connector });
    const { tokensOfAna, tokensOfBen } = await heldBen(process);
    expect(await decide(process, 'change')).toBeDefined();
    await process.outbox.drain(1000);
    expect([aliveOf(tokensOfAna), aliveOf(tokensOfBen)]).toEqual([
      [false, false],
      [true, true],
    ]);
    await disconnect(process);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
  });

  it('A33: revokes all grants of the new account when the user keeps the earlier one', async () => {
    const process = fixture.process({ connector });
    const { tokensOfAna, tokensOfBen } = await heldBen(process);
    expect(await decide(process, 'keep')).toBeDefined();
    await process.outbox.drain(1000);
    expect([aliveOf(tokensOfAna), aliveOf(tokensOfBen)]).toEqual([
      [true, true],
      [false, false],
    ]);
    await disconnect(process);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
  });

  it.each<[string, Account]>([
    ['by a disconnect', undefined],
    ['by a new authorization of the account in use', 'ana'],
    ['by a new authorization of the waiting account', 'ben'],
  ])('leaves no active grant if it is superseded %s', async (_title, account) => {
    const process = fixture.process({ connector });
    await heldBen(process);
    if (account !== undefined) await authorize(process, account);
    await disconnect(process);
    await processDue(process);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
  });
});

describe('superseded tokens', () => {
  it('are stored encrypted, and bound to their document', async () => {
    const process = fixture.process({ connector });
    const token = await authorize(process);
    await authorize(process);
    const [document] = await documentsOf(USER_CONNECTOR_TOKEN_TYPE);
    if (document === undefined) throw new Error('the grant was not found');
    expect(typeof document.attributes['supersededGrants']).toBe('string');
    expect(JSON.stringify(document)).not.toContain(token);
  });

  it('D54: cannot be read after they were moved to another user', async () => {
    const process = fixture.process({ connector });
    for (const profileUid of ['u_ana', 'u_ana', 'u_ben', 'u_ben'])
      await process.grants.saveGrant({
        connector,
        client: fixture.provider.client(),
        profileUid,
        grant: fixture.provider.authorize(),
      });
    const [one, two] = await documentsOf(USER_CONNECTOR_TOKEN_TYPE);
    if (one === undefined || two === undefined) throw new Error('a grant was not found');
    const { supersededGrants } = two.attributes;
    await fixture.store.put({ ...one, attributes: { ...one.attributes, supersededGrants } });
    for (const profileUid of ['u_ana', 'u_ben']) {
      const reading = process.store.read({ ...key, profileUid });
      if (one.attributes['profileUid'] === profileUid)
        await expect(reading).rejects.toMatchObject({ code: 'undecryptable' });
      else await expect(reading).resolves.toBeDefined();
    }
  });

  it('are reported if the provider refuses to revoke them, even if the newest grant is revoked', async () => {
    const process = fixture.process({ connector });
    const first = await authorize(process);
    await authorize(process);
    fixture.provider.beforeRevoke = async (token) => {
      fixture.provider.revokeOutcome = token === first ? 'failed_permanent' : 'revoked';
    };
    await disconnect(process);
    expect(await viewOf(process)).toMatchObject({
      status: 'not_connected',
      lastError: { code: 'revocation_failed' },
    });
  });

  it('are reported immediately if they are refused while others wait, and again with the final result', async () => {
    const process = fixture.process({ connector });
    const first = await authorize(process);
    await authorize(process);
    fixture.provider.beforeRevoke = async (token) => {
      fixture.provider.revokeOutcome = token === first ? 'failed_permanent' : 'failed_transient';
    };
    await disconnect(process);
    const lastError = { code: 'revocation_failed' };
    expect(await viewOf(process)).toMatchObject({ status: 'revocation_pending', lastError });
    fixture.provider.beforeRevoke = async () => undefined;
    fixture.provider.revokeOutcome = 'revoked';
    await processDue(process);
    expect(await viewOf(process)).toMatchObject({ status: 'not_connected', lastError });
  });
});

it('the last disconnect leaves no active grant, whatever the user has done before', async () => {
  const step = fc.oneof(
    fc.record({
      act: fc.constant('authorize' as const),
      account: fc.constantFrom<Account>('ana', 'ben', undefined),
    }),
    fc.constantFrom(
      { act: 'refresh' as const },
      { act: 'disconnect' as const },
      { act: 'fail' as const },
      { act: 'recover' as const },
      { act: 'processDue' as const },
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      await fixture.close();
      fixture = await createTokenFixture();
      const process = fixture.process({ connector });
      let newest = await authorize(process);
      for (const one of steps) {
        if (one.act === 'authorize') newest = await authorize(process, one.account);
        else if (one.act === 'fail') fixture.provider.revokeOutcome = 'failed_transient';
        else if (one.act === 'recover') fixture.provider.revokeOutcome = 'revoked';
        else if (one.act === 'disconnect') {
          await disconnect(process);
          newest = '';
        } else if (one.act === 'processDue') await processDue(process);
        else if (newest !== '') {
          await fixture.clock.advance(HOUR_MS);
          await process.tokens.getToken(request);
          newest = (await process.store.read(key))?.refreshToken ?? '';
        }
        if (newest !== '') expect(fixture.provider.isAlive(newest)).toBe(true);
      }
      fixture.provider.revokeOutcome = 'revoked';
      await disconnect(process);
      await processDue(process);
      expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
    }),
    { numRuns: 60 },
  );
});
