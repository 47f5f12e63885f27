import { aPrincipal } from '@latchkey/core/server/mocks';
import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { type SavedObjectsRepository, StoreError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderClient } from '../../strategies/index.ts';
import { grantId } from '../grants/grant_key.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import type { Revocation } from './pending_grants.ts';
import { OAUTH_REVOCATION_TYPE, type RevocationAttributes } from './revocation_type.ts';
import { tokensOf } from './superseded_grants.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const connector = aConnector();
const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
const signal = new AbortController().signal;

const configurationOf = (name: string): OAuthClientConfiguration => ({
  dialect: 'standard',
  authorizationEndpoint: `https://${name}.example.com/authorize`,
  tokenEndpoint: `https://${name}.example.com/token`,
  revocationEndpoint: `https://${name}.example.com/revoke`,
  clientId: `${name}-client`,
  tokenEndpointAuthMethod: 'none',
});
const clientOf = (name: string): Partial<ProviderClient> => ({
  fingerprint: `fp-${name}`,
  configuration: configurationOf(name),
});
const aRevocation = (over: Partial<Revocation> = {}): Revocation => ({
  key,
  generation: 'g-1',
  configuration: configurationOf('old'),
  tokens: [{ token: 'rt-1', kind: 'refresh_token' }],
  accountId: undefined,
  ...over,
});

let fixture: TokenFixture;
beforeEach(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => fixture.close());

const entryOf = async (): Promise<RevocationAttributes | undefined> => {
  const options = { decrypt: true };
  const row = await fixture.repository.getIfExists<RevocationAttributes>(
    OAUTH_REVOCATION_TYPE,
    grantId(key),
    options,
  );
  return row?.attributes;
};
const waiting = async () =>
  (await entryOf())?.pending.flatMap(({ tokens }) => tokens.map(({ token }) => token)).sort() ?? [];
const requested = () =>
  fixture.provider.seen.flatMap(({ call, token, endpoint }) =>
    call === 'revoke' ? [`${token} at ${endpoint}`] : [],
  );

async function connect(process: TokenProcess, client: Partial<ProviderClient>, over = {}) {
  const grant = fixture.provider.authorize(over);
  const full = fixture.provider.client(client);
  await process.grants.saveGrant({ connector, client: full, profileUid: 'u_ana', grant });
  return [grant.refreshToken ?? '', grant.accessToken];
}
const disconnect = (process: TokenProcess) =>
  process.grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: aPrincipal(),
  });

describe('a grant that cannot be revoked', () => {
  const countOf = async (process: TokenProcess) =>
    (await process.connections.ofUser('u_ana', [connector])).get(connector.id)
      ?.unsupportedRevocations?.count;
  const end = (process: TokenProcess, reason: 'disconnect' | 'connector_changed') =>
    process.grantRevoker.revokeNow({
      connectorId: connector.id,
      profileUid: 'u_ana',
      reason,
      actor: aPrincipal(),
    });

  it('is counted once even if its entry changes while it is revoked', async () => {
    const [one, two] = [fixture.process({ connector }), fixture.process({ connector })];
    await connect(one, {});
    let added = 0;
    fixture.provider.revokeOutcome = 'unsupported';
    fixture.provider.beforeRevoke = async () => {
      added += 1;
      if (added === 1) await two.outbox.put(aRevocation());
    };
    await end(one, 'connector_changed');
    expect(await waiting()).toEqual(['rt-1']);
    expect(await countOf(one)).toBe(1);
  });

  it('is counted even if a later grant has ended with the same error', async () => {
    const process = fixture.process({ connector });
    await connect(process, {});
    fixture.provider.revokeOutcome = 'unsupported';
    await end(process, 'disconnect');
    expect(await countOf(process)).toBe(1);
    await process.outbox.put(aRevocation());
    expect(await process.outbox.attempt(key)).toBe('given_up');
    expect(await countOf(process)).toBe(2);
  });
});

describe('the entry of a user and connector', () => {
  it('contains both grants when two processes add one at the same time', async () => {
    const [one, two] = [fixture.process(), fixture.process()];
    const second = aRevocation({
      generation: 'g-2',
      configuration: configurationOf('new'),
      tokens: [{ token: 'rt-2', kind: 'refresh_token' }],
    });
    await Promise.all([one.outbox.put(aRevocation()), two.outbox.put(second)]);
    expect(await waiting()).toEqual(['rt-1', 'rt-2']);
    expect(await one.outbox.attempt(key)).toBe('revoked');
    expect(requested().sort()).toEqual([
      'rt-1 at https://old.example.com/revoke',
      'rt-2 at https://new.example.com/revoke',
    ]);
    expect(await entryOf()).toBeUndefined();
  });

  it('contains tokens once when they are added twice', async () => {
    const { outbox } = fixture.process();
    await outbox.put(aRevocation({ revocationJobId: 'job-1' }));
    await outbox.put(aRevocation());
    expect((await entryOf())?.pending).toHaveLength(1);
    expect((await entryOf())?.revocationJobIds).toEqual(['job-1']);
  });

  it('is attempted for a full week again when grants are added', async () => {
    const { outbox } = fixture.process();
    fixture.provider.revokeOutcome = 'failed_transient';
    await outbox.put(aRevocation());
    await fixture.clock.advance(6 * DAY_MS);
    expect(await outbox.attempt(key)).toBe('waiting');
    await outbox.put(
      aRevocation({ generation: 'g-2', tokens: [{ token: 'rt-2', kind: 'refresh_token' }] }),
    );
    expect((await entryOf())?.createdAt).toBe(new Date(fixture.clock.now()).toISOString());
    for (let hour = 0; hour < 7 * 24 - 1; hour += 1) {
      await fixture.clock.advance(60 * MINUTE_MS);
      expect(await outbox.attempt(key)).toBe('waiting');
    }
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outbox.attempt(key)).toBe('given_up');
    expect(await waiting()).toEqual([]);
  });

  it('G97: is tried again after the first failure even if the machine was suspended for a month', async () => {
    const { outbox } = fixture.process();
    fixture.provider.revokeOutcome = 'failed_transient';
    await outbox.put(aRevocation());
    expect(await outbox.attempt(key)).toBe('waiting');
    fixture.clock.jumpWall(30 * DAY_MS);
    // The network is not available yet after the suspension.
    expect(await outbox.attempt(key)).toBe('waiting');
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outbox.attempt(key)).toBe('revoked');
  });

  it('loses only the tokens of a disconnect that was never completed', async () => {
    const process = fixture.process({ connector });
    await process.outbox.put(aRevocation());
    await connect(process, { ...clientOf('new') });
    const record = await process.store.read(key);
    // As if the process had crashed: the tokens are in the outbox, and the grant is still usable.
    if (record === undefined) throw new Error('the grant was not found');
    const client = fixture.provider.client(clientOf('new'));
    await process.grantRevoker.queueTokens(record, client, [{ tokens: tokensOf(record) }]);
    fixture.provider.revokeOutcome = 'failed_transient';
    await process.outbox.attempt(key);
    await fixture.clock.advance(6 * MINUTE_MS);
    await process.outbox.attempt(key);
    expect(await waiting()).toEqual(['rt-1']);
    expect(requested().every((call) => call.startsWith('rt-1 '))).toBe(true);
  });
});

describe('the backoff of waiting grants', () => {
  const put = (process: TokenProcess, index: number) =>
    process.outbox.put(
      aRevocation({
        generation: `g-${index}`,
        tokens: [{ token: `rt-${index}`, kind: 'refresh_token' }],
      }),
    );

  it('stays when further tokens are added, and only the new ones are sent immediately', async () => {
    const process = fixture.process();
    fixture.provider.revokeOutcome = 'failed_transient';
    for (let index = 1; index <= 20; index += 1) {
      await put(process, index);
      await process.outbox.attempt(key);
    }
    expect(requested()).toHaveLength(20);
    expect(await waiting()).toHaveLength(20);
  });

  it('is interrupted by at most one request when the user authorizes again', async () => {
    const process = fixture.process({ connector });
    fixture.provider.revokeOutcome = 'failed_transient';
    for (let index = 1; index <= 10; index += 1) await put(process, index);
    await process.outbox.attempt(key, signal, { evenIfNotDue: true });
    expect(requested()).toHaveLength(1);
    fixture.provider.revokeOutcome = 'revoked';
    await process.outbox.attempt(key, signal, { evenIfNotDue: true });
    expect(await entryOf()).toBeUndefined();
  });

  it('RFC 7009 §2.2.1: no process sends a token to an endpoint before its Retry-After ends', async () => {
    const [one, two] = [fixture.process(), fixture.process()];
    fixture.provider.revokeOutcome = 'failed_transient';
    fixture.provider.retryAfterMs = 60 * MINUTE_MS;
    await put(one, 1);
    await one.outbox.attempt(key);
    for (let index = 2; index <= 5; index += 1) {
      await put(index % 2 === 0 ? two : one, index);
      await two.outbox.attempt(key, signal, { evenIfNotDue: true });
      await one.outbox.attempt(key, signal, { evenIfNotDue: true });
    }
    await fixture.clock.advance(59 * MINUTE_MS);
    await one.outbox.processDue(signal);
    expect(requested()).toHaveLength(1);
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(2 * MINUTE_MS);
    await one.outbox.processDue(signal);
    expect(await entryOf()).toBeUndefined();
    expect(requested()).toHaveLength(6);
  });

  it('all 75 tokens of one user are kept, in separate entries', async () => {
    const process = fixture.process();
    fixture.provider.revokeOutcome = 'failed_transient';
    for (let index = 1; index <= 75; index += 1) await put(process, index);
    expect(process.events).toEqual([]);
    fixture.provider.revokeOutcome = 'revoked';
    await process.outbox.processDue(signal);
    const tokens = new Set(requested().map((call) => call.split(' ')[0]));
    expect(tokens.size).toBe(75);
    expect(await entryOf()).toBeUndefined();
  });

  it('H110: a grant for which the entry has no room is reported as failed before the entry is stored', async () => {
    const reported: string[] = [];
    const create: SavedObjectsRepository['create'] = async () => {
      throw new Error(`crash after the report of ${reported}`);
    };
    const process = fixture.process({
      repository: Object.assign(Object.create(fixture.repository), { create }),
    });
    process.outbox.onFinished(async ({ revocationJobId, result }) => {
      reported.push(`${revocationJobId} ${result}`);
    });
    const revocations = Array.from({ length: 51 }, (_, index) =>
      aRevocation({
        tokens: [{ token: `rt-${index + 1}`, kind: 'refresh_token' }],
        revocationJobId: `job-${index + 1}`,
      }),
    );
    await expect(process.outbox.putAll(key, revocations)).rejects.toThrow(
      'crash after the report of job-51 failed',
    );
  });
});

describe('an attempt during a write of another process', () => {
  it('revokes all due grants, including those that the other process has added', async () => {
    const other = fixture.process();
    const second = aRevocation({
      generation: 'g-2',
      tokens: [{ token: 'rt-2', kind: 'refresh_token' }],
    });
    let hasWritten = false;
    const update: SavedObjectsRepository['update'] = async (...args) => {
      if (!hasWritten) {
        hasWritten = true;
        await other.outbox.put(second);
      }
      return fixture.repository.update(...args);
    };
    const interrupted = fixture.process({
      repository: Object.assign(Object.create(fixture.repository), { update }),
    });
    await other.outbox.put(aRevocation());
    expect(await interrupted.outbox.attempt(key)).toBe('revoked');
    expect(await entryOf()).toBeUndefined();
    expect(requested()).toHaveLength(2);
  });
});

describe('a refused revocation', () => {
  const withSecret = (clientSecret: string): Partial<ProviderClient> => {
    const configuration = configurationOf('old');
    if (configuration.dialect !== 'standard') throw new Error('not the standard dialect');
    return { fingerprint: 'fp-old', configuration: { ...configuration, clientSecret } };
  };
  const refuseUnless = (clientSecret: string) => {
    fixture.provider.beforeRevoke = async (_token, by) => {
      const isRight = by.dialect === 'standard' && by.clientSecret === clientSecret;
      fixture.provider.revokeOutcome = isRight ? 'revoked' : 'failed_transient';
    };
  };
  const viewOf = async ({ connections }: TokenProcess) =>
    (await connections.ofUser('u_ana', [connector])).get(connector.id);

  it('is tried again immediately after the client secret was corrected', async () => {
    refuseUnless('right');
    const before = fixture.process({ connector, client: withSecret('wrong') });
    await connect(before, withSecret('wrong'));
    await disconnect(before);
    expect((await viewOf(before))?.status).toBe('revocation_pending');
    const after = fixture.process({ connector, client: withSecret('right') });
    await after.outbox.retryConnector(connector.id, signal);
    expect(await entryOf()).toBeUndefined();
    expect(fixture.provider.alive).toBe(0);
    expect((await viewOf(after))?.status).toBe('not_connected');
  });

  it('H114: is never tried again with another client or at another origin', async () => {
    fixture.provider.revokeOutcome = 'failed_transient';
    const before = fixture.process({ connector, client: withSecret('wrong') });
    await connect(before, withSecret('wrong'));
    await disconnect(before);
    for (const other of [
      { clientId: 'another' },
      { tokenEndpoint: 'https://other.example.com/token' },
      { revocationEndpoint: 'https://other.example.com/revoke' },
    ]) {
      const configuration = { ...configurationOf('old'), ...other, clientSecret: 'other' };
      const client = { fingerprint: 'fp-other', configuration } as Partial<ProviderClient>;
      const seen: unknown[] = [];
      fixture.provider.beforeRevoke = async (_token, by) => void seen.push(by);
      await fixture.process({ connector, client }).outbox.retryConnector(connector.id, signal);
      expect(seen.length).toBeGreaterThan(0);
      for (const by of seen) expect(by).toEqual(withSecret('wrong').configuration);
    }
  });

  it('is reported for 90 days after a week of attempts, even after later authorizations and disconnects', async () => {
    const process = fixture.process({ connector });
    fixture.provider.revokeOutcome = 'failed_transient';
    await connect(process, {});
    await disconnect(process);
    for (let hour = 0; hour <= 7 * 24 + 1; hour += 1) {
      await fixture.clock.advance(60 * MINUTE_MS);
      await process.outbox.processDue(signal);
    }
    expect(await viewOf(process)).toMatchObject({
      status: 'not_connected',
      lastError: { code: 'revocation_failed' },
      failedRevocations: { count: 1 },
    });
    fixture.provider.revokeOutcome = 'revoked';
    const until = new Date(fixture.clock.now() + MINUTE_MS);
    await process.grants.markPending({ connector, profileUid: 'u_ana', until });
    await connect(process, {});
    const connected = await viewOf(process);
    expect(connected).toMatchObject({ status: 'connected', failedRevocations: { count: 1 } });
    expect(connected?.lastError).toBeUndefined();
    await disconnect(process);
    expect(await viewOf(process)).toMatchObject({
      status: 'not_connected',
      lastError: { code: 'revocation_failed' },
    });
    expect(await process.connections.countFailedRevocations(connector.id)).toBe(1);
    await fixture.clock.advance(90 * DAY_MS);
    await process.outbox.processDue(signal);
    expect(await viewOf(process)).toMatchObject({ status: 'not_connected', lastError: undefined });
    expect(await entryOf()).toBeUndefined();
  });
});

describe('tokens of a former client', () => {
  const OLD = 'https://old.example.com/revoke';

  it('H114: are sent only to its own endpoint when the user authorizes again after a disconnect', async () => {
    const before = fixture.process({ connector, client: clientOf('old') });
    const tokens = await connect(before, clientOf('old'));
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(before);
    const after = fixture.process({ connector, client: clientOf('new') });
    await connect(after, clientOf('new'));
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(5 * MINUTE_MS);
    await after.outbox.processDue(signal);
    expect(new Set(requested())).toEqual(new Set(tokens.map((token) => `${token} at ${OLD}`)));
    await disconnect(after);
    const [, , ...last] = requested().slice(2);
    expect(last.every((call) => call.endsWith('https://new.example.com/revoke'))).toBe(true);
    expect(last).toHaveLength(2);
  });

  it('H114: are sent only to its own endpoint when the user authorizes again without a disconnect', async () => {
    const before = fixture.process({ connector, client: clientOf('old') });
    const tokens = await connect(before, clientOf('old'));
    const after = fixture.process({
      connector,
      client: clientOf('new'),
      formerClients: {
        find: async (_id, fingerprint) =>
          fingerprint === 'fp-old' ? fixture.provider.client(clientOf('old')) : undefined,
      },
    });
    await connect(after, clientOf('new'));
    await after.outbox.drain(1000);
    expect(requested()).toEqual(tokens.map((token) => `${token} at ${OLD}`));
    const view = await after.connections.ofUser('u_ana', [connector]);
    expect(view.get(connector.id)?.status).toBe('connected');
  });

  it('H114: are not sent if their client is unknown', async () => {
    const before = fixture.process({ connector, client: clientOf('old') });
    await connect(before, clientOf('old'));
    const after = fixture.process({ connector, client: clientOf('new') });
    await disconnect(after);
    expect(requested()).toEqual([]);
    expect(after.events.filter(({ type }) => type === 'revoked')).toHaveLength(2);
  });

  it('are revoked when a grant of another account replaces them, and kept with one of the same account', async () => {
    const process = fixture.process({ connector, client: clientOf('old') });
    const account = (id: string) => ({ account: { id, label: `${id}@example.com` } });
    const first = await connect(process, clientOf('old'), account('one'));
    await connect(process, clientOf('old'), account('one'));
    await process.outbox.processDue(signal);
    expect(requested()).toEqual([]);
    await connect(process, clientOf('old'), account('two'));
    await process.outbox.drain(1000);
    expect(requested()).toHaveLength(4);
    expect(requested().some((call) => call.startsWith(`${first[0]} `))).toBe(true);
  });
});

describe('a provider that fails', () => {
  it('H111: gets only a few requests per run, while all requests to other providers are sent', async () => {
    const { outbox } = fixture.process({
      client: {
        revoke: async (token) => {
          fixture.provider.seen.push({ call: 'revoke', token });
          return token.startsWith('bad') ? 'failed_transient' : 'revoked';
        },
      },
    });
    for (let user = 0; user < 60; user += 1) {
      for (const [name, token] of [
        ['old', `bad-${user}`],
        ['new', `good-${user}`],
      ] as const)
        await outbox.put(
          aRevocation({
            key: { ...key, connectorId: name, profileUid: `u_${user}` },
            configuration: configurationOf(name),
            tokens: [{ token, kind: 'refresh_token' }],
          }),
        );
    }
    await outbox.processDue(signal);
    const tokens = fixture.provider.seen.map(({ token }) => token);
    expect(tokens.filter((token) => token.startsWith('good'))).toHaveLength(60);
    // Up to ten requests are running when the fifth failure is recorded.
    expect(tokens.filter((token) => token.startsWith('bad')).length).toBeLessThanOrEqual(15);
    expect(await outbox.recountWaiting('unknown')).toBe(0);
  });

  it('gets requests of at most ten entries at the same time', async () => {
    let running = 0;
    let highest = 0;
    const { outbox } = fixture.process({
      client: {
        revoke: async () => {
          running += 1;
          highest = Math.max(highest, running);
          await new Promise((resolve) => setImmediate(resolve));
          running -= 1;
          return 'revoked';
        },
      },
    });
    for (let user = 0; user < 40; user += 1)
      await outbox.put(aRevocation({ key: { ...key, profileUid: `u_${user}` } }));
    await Promise.all([outbox.processDue(signal), outbox.processDue(signal)]);
    expect(highest).toBeLessThanOrEqual(10);
    expect(highest).toBeGreaterThan(1);
  });
});

describe('a store whose response is lost', () => {
  it('does not prevent the closing of a grant whose entry was deleted', async () => {
    let losesResponses = false;
    const lossy = await createTokenFixture({
      wrapStore: (inner) => ({
        ...inner,
        delete: async (deletedKey, type, options) => {
          const deleted = await inner.delete(deletedKey, type, options);
          if (losesResponses && type === OAUTH_REVOCATION_TYPE)
            throw new StoreError('unavailable', 'The response was lost.');
          return deleted;
        },
      }),
    });
    const before = fixture;
    fixture = lossy;
    try {
      const process = fixture.process({ connector });
      await connect(process, {});
      losesResponses = true;
      await disconnect(process);
      losesResponses = false;
      await fixture.clock.advance(DAY_MS);
      await process.outbox.processDue(signal);
      const view = (await process.connections.ofUser('u_ana', [connector])).get(connector.id);
      expect(await entryOf()).toBeUndefined();
      expect(view?.status).toBe('not_connected');
    } finally {
      await lossy.close();
      fixture = before;
    }
  });
});

describe('waiting tokens whose provider requests a long pause', () => {
  const USERS = 40;
  const HOUR_MS = 60 * MINUTE_MS;
  const queueAll = async (process: TokenProcess) => {
    for (let user = 0; user < USERS; user += 1)
      await process.outbox.put(
        aRevocation({
          key: { ...key, profileUid: `u_${user}` },
          tokens: [{ token: `rt-${user}`, kind: 'refresh_token' }],
        }),
      );
  };
  const entries = async () => {
    let count = 0;
    const types = [OAUTH_REVOCATION_TYPE];
    for await (const batch of fixture.store.iterate({ types, batchSize: 100 }))
      count += batch.length;
    return count;
  };

  it('H111: are not sent by any process during the pause, and are all revoked after it', async () => {
    const [one, two] = [fixture.process(), fixture.process()];
    await queueAll(one);
    fixture.provider.revokeOutcome = 'failed_transient';
    fixture.provider.retryAfterMs = 5 * HOUR_MS;
    await one.outbox.processDue(signal);
    const before = requested().length;
    expect(before).toBeGreaterThan(0);
    // Up to ten entries are processed at the same time, and each may have begun a request.
    expect(before).toBeLessThanOrEqual(10);
    const pausedUntil = fixture.clock.now() + 5 * HOUR_MS;
    fixture.provider.revokeOutcome = 'revoked';
    fixture.provider.retryAfterMs = undefined;
    while (fixture.clock.now() + 10 * MINUTE_MS < pausedUntil) {
      await fixture.clock.advance(10 * MINUTE_MS);
      await one.outbox.processDue(signal);
      await two.outbox.processDue(signal);
      expect(requested()).toHaveLength(before);
    }
    expect(await entries()).toBe(USERS);
    for (let run = 0; run < 20 && (await entries()) > 0; run += 1) {
      await fixture.clock.advance(10 * MINUTE_MS);
      await one.outbox.processDue(signal);
      await two.outbox.processDue(signal);
    }
    expect(await entries()).toBe(0);
    const tokens = new Set(requested().map((call) => call.split(' ')[0]));
    expect(tokens.size).toBe(USERS);
    // Each token that was not revoked before the pause needed one further request.
    expect(requested()).toHaveLength(before + USERS);
  });
});

describe('a grant that could not be revoked', () => {
  const viewOf = async ({ connections }: TokenProcess) =>
    (await connections.ofUser('u_ana', [connector])).get(connector.id);

  it('is reported for 90 days, even after later authorizations and disconnects', async () => {
    const process = fixture.process({ connector });
    await connect(process, {});
    fixture.provider.revokeOutcome = 'unsupported';
    await disconnect(process);
    const unsupported = { lastError: { code: 'revocation_unsupported' } };
    expect(await viewOf(process)).toMatchObject({
      ...unsupported,
      status: 'not_connected',
      unsupportedRevocations: { count: 1 },
    });
    const until = new Date(fixture.clock.now() + MINUTE_MS);
    await process.grants.markPending({ connector, profileUid: 'u_ana', until });
    expect(await viewOf(process)).toMatchObject({ unsupportedRevocations: { count: 1 } });
    await process.grants.markPending({ connector, profileUid: 'u_ana', until: undefined });
    expect(await viewOf(process)).toMatchObject({ ...unsupported, status: 'not_connected' });
    await connect(process, {});
    const connected = await viewOf(process);
    expect(connected).toMatchObject({ status: 'connected', unsupportedRevocations: { count: 1 } });
    expect(connected?.lastError).toBeUndefined();
    fixture.provider.revokeOutcome = 'revoked';
    await disconnect(process);
    expect(await viewOf(process)).toMatchObject({
      ...unsupported,
      status: 'not_connected',
      unsupportedRevocations: { count: 1 },
    });
    await process.grants.revokeStale(new Date(fixture.clock.now() + DAY_MS), signal);
    expect(await viewOf(process)).toMatchObject({ unsupportedRevocations: { count: 1 } });
    await fixture.clock.advance(90 * DAY_MS);
    expect((await viewOf(process))?.unsupportedRevocations).toBeUndefined();
    await process.grants.revokeStale(new Date(fixture.clock.now() + DAY_MS), signal);
    expect(await process.store.read(key)).toBeUndefined();
  });

  it('is counted if its client is unknown, even if another grant has a later client', async () => {
    const before = fixture.process({ connector, client: clientOf('old') });
    await connect(before, clientOf('old'));
    const after = fixture.process({ connector, client: clientOf('new') });
    await connect(after, clientOf('new'));
    expect(await viewOf(after)).toMatchObject({
      status: 'connected',
      unsupportedRevocations: { count: 1 },
    });
  });

  it('is counted in the later grant if its result arrives after a new authorization', async () => {
    const process = fixture.process({ connector });
    await connect(process, {});
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(process);
    await connect(process, {});
    fixture.provider.revokeOutcome = 'unsupported';
    await fixture.clock.advance(MINUTE_MS);
    await process.outbox.processDue(signal);
    expect(await viewOf(process)).toMatchObject({
      status: 'connected',
      unsupportedRevocations: { count: 1 },
    });
  });
});
