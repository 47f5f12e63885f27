import type { StandardClient } from '@latchkey/oauth-client';
import { type DocumentStore, type DocumentToStore, StoreError } from '@latchkey/saved-objects';
import { afterEach, describe, expect, it } from 'vitest';
import type { ProviderClient } from '../../strategies/index.ts';
import { USER_CONNECTOR_TOKEN_TYPE } from '../grants/token_types.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import {
  createTokenFixture,
  type ProcessOptions,
  type TokenFixture,
  type TokenProcess,
} from '../tokens.mock.ts';
import type { RevocationResult } from './revocation_results.ts';
import { OAUTH_REVOCATION_TYPE } from './revocation_type.ts';
import { tokensOf } from './superseded_grants.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const connector = aConnector();
const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
const account = { id: 'google-ana', label: 'ana@example.com' };
const { signal } = new AbortController();

let fixture: TokenFixture;
afterEach(() => fixture.close());

/** Members of a client of Google, where revoking any token ends all grants of the account. */
const googleClient = (): Partial<ProviderClient> => ({
  configuration: {
    ...(fixture.provider.client().configuration as StandardClient),
    tokenEndpoint: 'https://oauth2.googleapis.com/token',
  },
});
const aProcess = (over: ProcessOptions = {}) =>
  fixture.process({ connector, client: googleClient(), ...over });

/** Opens a store that calls the given functions before and after each write. */
async function openFixture(
  hooks: {
    before?: (document: DocumentToStore) => Promise<void>;
    after?: (document: DocumentToStore) => Promise<void>;
  } = {},
) {
  fixture = await createTokenFixture({
    wrapStore: (inner): DocumentStore => ({
      ...inner,
      put: async (document, options) => {
        await hooks.before?.(document);
        const stored = await inner.put(document, options);
        await hooks.after?.(document);
        return stored;
      },
    }),
  });
  return hooks;
}

const connect = (process: TokenProcess, over: { generation?: string } = {}) =>
  process.grants.saveGrant({
    connector,
    client: fixture.provider.client(googleClient()),
    profileUid: 'u_ana',
    grant: fixture.provider.authorize({ account }),
    ...over,
  });
const disconnect = (process: TokenProcess) =>
  process.grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: undefined,
  });
const statusOf = async (process: TokenProcess) =>
  (await process.connections.ofUser('u_ana', [connector])).get(connector.id)?.status;
const revoked = () =>
  fixture.provider.seen.filter(({ call }) => call === 'revoke').map(({ token }) => token);
const waiting = async () => {
  let count = 0;
  for await (const batch of fixture.store.iterate({
    types: [OAUTH_REVOCATION_TYPE],
    batchSize: 100,
  }))
    count += batch.length;
  return count;
};
const isNewGrant = ({ type, attributes }: DocumentToStore): boolean =>
  type === USER_CONNECTOR_TOKEN_TYPE && attributes['status'] === 'connected';
const once = (act: () => Promise<void>) => {
  let isDone = false;
  return async () => {
    if (isDone) return;
    isDone = true;
    await act();
  };
};

describe('a user who authorizes again', () => {
  it('H110: keeps the new grant even if the provider responds late to an earlier disconnect', async () => {
    await openFixture();
    const process = aProcess();
    await connect(process);
    let release: () => void = () => undefined;
    fixture.provider.beforeRevoke = () => new Promise((resolve) => (release = resolve));
    const job = disconnect(process);
    while (revoked().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await fixture.clock.advance(3001);
    await job;
    await connect(process);
    release();
    await process.outbox.drain(1000);
    expect(revoked()).toHaveLength(1);
    expect([await statusOf(process), await waiting()]).toEqual(['connected', 0]);
  });

  it('F81: keeps the new grant even if a revocation job was about to end the earlier one', async () => {
    const hooks = await openFixture();
    const results: [string, RevocationResult][] = [];
    const process = aProcess();
    process.outbox.onFinished(async ({ revocationJobId, result }) => {
      results.push([revocationJobId, result]);
    });
    await connect(process);
    const before = await process.store.read(key);
    const meanwhile = once(async () => void (await connect(aProcess())));
    hooks.before = async ({ type }) => {
      if (type === OAUTH_REVOCATION_TYPE) await meanwhile();
    };
    const outcome = await process.grantRevoker.revoke({
      key,
      reason: 'mass_revoke',
      actor: undefined,
      revocationJobId: 'run-1',
      matches: ({ generation }) => generation === before?.generation,
    });
    expect([outcome, await waiting()]).toEqual(['skipped', 1]);
    await process.outbox.processDue(signal);
    expect(revoked()).toEqual([]);
    expect([await statusOf(process), await waiting()]).toEqual(['connected', 0]);
    expect(results).toEqual([['run-1', 'replaced']]);
  });

  it('keeps the new grant even if a crash has left the outbox entry of an earlier grant that it replaced', async () => {
    await openFixture();
    const process = aProcess();
    await connect(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(process);
    fixture.provider.revokeOutcome = 'revoked';
    const before = revoked().length;
    const [entry] = await entriesOf();
    await connect(process);
    // Writes the entry again, as if a crash had prevented its removal.
    if (entry === undefined) throw new Error('the entry was not found');
    await fixture.store.put(entry);
    await fixture.clock.advance(HOUR_MS);
    await process.outbox.processDue(signal);
    expect(revoked()).toHaveLength(before);
    expect([await statusOf(process), await waiting()]).toEqual(['connected', 0]);
  });

  it('is counted as replaced by the revocation job before the outbox entry is removed', async () => {
    await openFixture();
    const seen: number[] = [];
    const process = aProcess();
    process.outbox.onFinished(async () => void seen.push(await waiting()));
    await connect(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await process.grantRevoker.revoke({
      key,
      reason: 'mass_revoke',
      actor: undefined,
      revocationJobId: 'run-1',
    });
    await process.outbox.attempt(key);
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    await process.outbox.processDue(signal);
    expect([seen, await waiting()]).toEqual([[1], 0]);
  });
});

describe('a new grant that ends before the response to its authorization', () => {
  /**
   * Lets a disconnect complete between the write of the new grant and the removal of the pending
   * tokens from the outbox.
   */
  async function disconnectedInBetween(act: (process: TokenProcess) => Promise<unknown>) {
    const hooks = await openFixture();
    const process = aProcess();
    const other = aProcess();
    await connect(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await disconnect(process);
    hooks.after = async (document) => {
      if (!isNewGrant(document)) return;
      delete hooks.after;
      await act(other);
    };
    await connect(process);
    return { process, other };
  }

  it('H110: is revoked at the provider, with its tokens in the outbox until then', async () => {
    const { process, other } = await disconnectedInBetween(disconnect);
    expect([await statusOf(process), await waiting()]).toEqual(['revocation_pending', 1]);
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(HOUR_MS);
    await other.outbox.processDue(signal);
    expect([await statusOf(process), await waiting()]).toEqual(['not_connected', 0]);
    expect(fixture.provider.alive).toBe(0);
  });

  it('H110: has its tokens in the outbox even if another authorization has ended meanwhile', async () => {
    const { process } = await disconnectedInBetween(async (other) => {
      await disconnect(other);
      await connect(other);
      await disconnect(other);
    });
    expect([await statusOf(process), await waiting()]).toEqual(['revocation_pending', 1]);
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(HOUR_MS);
    await process.outbox.processDue(signal);
    expect([await statusOf(process), await waiting()]).toEqual(['not_connected', 0]);
  });
});

describe('a disconnect that is interrupted while a new grant is stored', () => {
  it('H110: still has its tokens in the outbox when it continues', async () => {
    const hooks = await openFixture();
    const [process, other] = [aProcess(), aProcess()];
    let resume: () => void = () => undefined;
    const released = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let job: ReturnType<typeof disconnect> | undefined;
    let reachEnd: () => void = () => undefined;
    const reachedEnd = new Promise<void>((resolve) => {
      reachEnd = resolve;
    });
    hooks.before = async ({ type, attributes }) => {
      if (type !== USER_CONNECTOR_TOKEN_TYPE || attributes['status'] !== 'revocation_pending')
        return;
      reachEnd();
      await released;
    };
    hooks.after = async (document) => {
      if (!isNewGrant(document)) return;
      delete hooks.after;
      job = disconnect(other);
      await reachedEnd;
    };
    await connect(process);
    resume();
    expect(await job).toBe('revoked');
    await other.outbox.drain(1000);
    expect([await statusOf(process), await waiting()]).toEqual(['not_connected', 0]);
    expect(fixture.provider.alive).toBe(0);
  });
});

describe('a disconnect that is paused between its two writes', () => {
  it('H110: loses no token when another process removes its outbox entry as abandoned', async () => {
    const hooks = await openFixture();
    const process = aProcess();
    const other = aProcess();
    await connect(process);
    const pause = once(async () => {
      await fixture.clock.advance(6 * MINUTE_MS);
      await other.outbox.processDue(signal);
    });
    hooks.before = async ({ type, attributes }) => {
      const isEnded = attributes['status'] === 'revocation_pending';
      if (type === USER_CONNECTOR_TOKEN_TYPE && isEnded) await pause();
    };
    expect(await disconnect(process)).toBe('revoked');
    await fixture.clock.advance(HOUR_MS);
    await other.outbox.processDue(signal);
    expect(revoked()).toHaveLength(2);
    expect([await statusOf(process), await waiting(), fixture.provider.alive]).toEqual([
      'not_connected',
      0,
      0,
    ]);
  });
});

describe('a grant that is saved with several attempts', () => {
  const unavailable = () => new StoreError('unavailable', 'The response was lost.');

  it('G103: is not restored by the second attempt if the user has disconnected after the first', async () => {
    const hooks = await openFixture();
    const process = aProcess();
    hooks.after = async (document) => {
      if (!isNewGrant(document)) return;
      delete hooks.after;
      throw unavailable();
    };
    const again = { generation: 'authorization-1' };
    await expect(connect(process, again)).rejects.toMatchObject({ code: 'store_unavailable' });
    fixture.provider.revokeOutcome = 'failed_transient';
    expect(await disconnect(process)).toBe('waiting');
    expect(await connect(process, again)).toMatchObject({ status: 'revocation_pending' });
    expect(await waiting()).toBe(1);
    await expect(process.tokens.getToken({ connector, profileUid: 'u_ana' })).rejects.toMatchObject(
      { reason: 'no_token' },
    );
  });

  it('causes one audit event if only the response of the store was lost', async () => {
    const hooks = await openFixture();
    const process = aProcess();
    hooks.after = async (document) => {
      if (!isNewGrant(document)) return;
      delete hooks.after;
      throw unavailable();
    };
    const again = { generation: 'authorization-1' };
    await expect(connect(process, again)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(await connect(process, again)).toMatchObject({ status: 'connected' });
    expect(process.events.map(({ type }) => type)).toEqual(['connected']);
  });

  it('is stored even if the outbox is read-only and contains tokens of another account', async () => {
    const hooks = await openFixture();
    const process = aProcess();
    await connect(process);
    fixture.provider.revokeOutcome = 'failed_transient';
    await process.outbox.put({
      key,
      generation: 'earlier',
      configuration: fixture.provider.client(googleClient()).configuration,
      tokens: [
        { token: 'rt-earlier', kind: 'refresh_token' },
        { token: 'at-earlier', kind: 'access_token' },
      ],
      accountId: 'another-account',
    });
    const record = (await process.store.read(key)) ?? raise();
    const own = { accountId: record.account?.id, tokens: tokensOf(record) };
    await process.grantRevoker.queueTokens(record, fixture.provider.client(googleClient()), [own]);
    hooks.before = async ({ type }) => {
      if (type === OAUTH_REVOCATION_TYPE) throw unavailable();
    };
    expect(await connect(process)).toMatchObject({ status: 'connected' });
    delete hooks.before;
    fixture.provider.revokeOutcome = 'revoked';
    await process.outbox.processDue(signal);
    expect(revoked()).toEqual(['rt-earlier', 'at-earlier']);
    expect(await waiting()).toBe(0);
  });
});

async function entriesOf() {
  for await (const batch of fixture.store.iterate({
    types: [OAUTH_REVOCATION_TYPE],
    batchSize: 10,
  }))
    return batch;
  return [];
}

function raise(): never {
  throw new Error('the grant was not found');
}
