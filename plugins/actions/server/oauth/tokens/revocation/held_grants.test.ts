import { aPrincipal } from '@latchkey/core/server/mocks';
import type { StandardClient } from '@latchkey/oauth-client';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderClient } from '../../strategies/index.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import { OAUTH_REVOCATION_TYPE } from './revocation_type.ts';

const MINUTE_MS = 60_000;
const connector = aConnector();
const user = { connectorId: connector.id, profileUid: 'u_ana' } as const;
const key = { scope: 'per-user', ...user } as const;
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
  const tokenEndpoint = 'https://oauth2.googleapis.com/token';
  client = { configuration: { ...standard, tokenEndpoint } };
  return fixture.process({ connector, client });
}

/** Authorizes as a user does. A grant of another or an unknown account is held. */
async function authorize(process: TokenProcess, account: Account, flowId = 'flow-1') {
  const known = account === undefined ? {} : { account: { id: account, label: account } };
  const grant = fixture.provider.authorize(known);
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
  await process.outbox.drain(1000);
  return grant.refreshToken ?? '';
}
async function decide(process: TokenProcess, decision: 'keep' | 'change', flowId = 'flow-1') {
  const about = { ...user, flowId, actor: aPrincipal() };
  const decided = await process.accountChanges.decide(
    decision === 'keep'
      ? { ...about, decision }
      : { ...about, decision, client: fixture.provider.client(client) },
  );
  await process.outbox.drain(1000);
  return decided;
}
async function disconnect(process: TokenProcess): Promise<void> {
  await process.grantRevoker.revokeNow({ ...user, reason: 'disconnect', actor: undefined });
  await fixture.clock.advance(120 * MINUTE_MS);
  await process.outbox.processDue(signal);
}
const aliveOf = (tokens: readonly string[]) =>
  tokens.map((token) => fixture.provider.isAlive(token));
async function waiting(): Promise<number> {
  let count = 0;
  const types = [OAUTH_REVOCATION_TYPE];
  for await (const batch of fixture.store.iterate({ types, batchSize: 100 })) count += batch.length;
  return count;
}

describe('A33: a new grant of an unknown account while a known account is connected', () => {
  it('is held, and is revoked when the user keeps the known account', async () => {
    const process = fixture.process({ connector });
    const known = await authorize(process, 'ana');
    const unknown = await authorize(process, undefined);
    expect(await process.accountChanges.find(user)).toMatchObject({
      from: { id: 'ana' },
      to: undefined,
    });
    expect((await process.store.read(key))?.refreshToken).toBe(known);
    expect(await decide(process, 'keep')).toBeDefined();
    expect(aliveOf([known, unknown])).toEqual([true, false]);
  });

  it('is used when the user confirms it, and the connection then has no account', async () => {
    const process = fixture.process({ connector });
    const known = await authorize(process, 'ana');
    const unknown = await authorize(process, undefined);
    expect(await decide(process, 'change')).toBeDefined();
    const record = await process.store.read(key);
    expect([record?.refreshToken, record?.account]).toEqual([unknown, undefined]);
    await disconnect(process);
    expect(aliveOf([known, unknown])).toEqual([false, false]);
  });

  it('is held even if the connected grant needs a new authorization', async () => {
    const process = fixture.process({ connector });
    await authorize(process, 'ana');
    const record = await process.store.read(key);
    if (record === undefined) throw new Error('the grant was not found');
    await process.store.compareAndSet(record, { state: 'needs_reauth' });
    const unknown = await authorize(process, undefined);
    expect(await process.store.read(key)).toMatchObject({ state: 'needs_reauth' });
    expect(await process.accountChanges.find(user)).toBeDefined();
    expect(await decide(process, 'change')).toBeDefined();
    expect(await process.store.read(key)).toMatchObject({
      state: 'connected',
      refreshToken: unknown,
    });
  });

  it('is kept until the grant in use ends if revoking it might end both (Google)', async () => {
    const process = atGoogle();
    const known = await authorize(process, 'ana');
    const unknown = await authorize(process, undefined);
    expect(await decide(process, 'keep')).toBeDefined();
    expect([aliveOf([known, unknown]), await waiting()]).toEqual([[true, true], 0]);
    expect((await process.store.read(key))?.supersededGrants).toMatchObject([
      { tokens: [{ token: unknown }, { kind: 'access_token' }] },
    ]);
    await disconnect(process);
    expect([fixture.provider.alive, await waiting()]).toEqual([0, 0]);
    expect(fixture.provider.seen.map(({ token }) => token)).toContain(unknown);
  });
});

describe('H110: a newer authorization while a grant is held', () => {
  const ACCOUNTS: readonly Account[] = ['ana', 'ben', undefined];
  const CASES = ACCOUNTS.flatMap((one) => ACCOUNTS.map((other) => [one, other] as const));

  it.each(CASES)(
    'loses no token of the earlier grant, of account %s, if the newer one has account %s',
    async (one, other) => {
      const process = fixture.process({ connector });
      await authorize(process, 'ana');
      await authorize(process, one, 'flow-1');
      await authorize(process, other, 'flow-2');
      await decide(process, 'keep', 'flow-2');
      await disconnect(process);
      expect([fixture.provider.aliveTokens, await waiting()]).toEqual([[], 0]);
    },
  );

  it('revokes the oldest tokens and keeps the others if the user authorizes the same account many times', async () => {
    const process = fixture.process({ connector });
    await authorize(process, 'ana');
    for (let times = 0; times < 52; times += 1) await authorize(process, 'ben');
    expect((await process.store.read(key))?.held?.earlierTokens).toHaveLength(98);
    expect(await waiting()).toBe(1);
    await disconnect(process);
    expect([fixture.provider.aliveTokens, await waiting()]).toEqual([[], 0]);
  });

  const step = fc.oneof(
    fc.record({ account: fc.constantFrom(...ACCOUNTS), isFinished: fc.boolean() }),
    fc.constantFrom('keep' as const, 'change' as const),
  );
  it('leaves no active grant after a disconnect, whatever the user has authorized and decided before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 8 }), async (steps) => {
        const process = fixture.process({ connector });
        await authorize(process, 'ana');
        let flow = 0;
        for (const next of steps) {
          if (typeof next === 'string') await decide(process, next, `flow-${flow}`);
          else {
            flow += 1;
            await authorize(process, next.account, `flow-${flow}`);
            if (next.isFinished) {
              await fixture.clock.advance(16 * MINUTE_MS);
              await process.accountChanges.discardExpired(signal);
            }
          }
        }
        const inUse = (await process.store.read(key))?.refreshToken ?? '';
        expect(fixture.provider.isAlive(inUse)).toBe(true);
        await disconnect(process);
        expect([fixture.provider.aliveTokens, await waiting()]).toEqual([[], 0]);
      }),
      { numRuns: 60 },
    );
  });
});
