import { ManualClock } from '@latchkey/core/server/mocks';
import { OAuthError } from '@latchkey/oauth-client';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextStepOf } from '../connections/next_step.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import type { UsableToken } from '../token_service.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const ben = { connector, profileUid: 'u_ben' };

let fixture: TokenFixture;
let storeFails: 'none' | 'writes' | 'all' = 'none';

/** Wraps the real store, so that a test can make it unavailable. */
function breakable(inner: DocumentStore): DocumentStore {
  const check = (kind: 'read' | 'write'): void => {
    if (storeFails === 'all' || (storeFails === 'writes' && kind === 'write')) {
      throw new StoreError('unavailable', 'The store is unavailable.');
    }
  };
  return {
    prepare: (types) => inner.prepare(types),
    getMany: async (keys, type) => {
      check('read');
      return inner.getMany(keys, type);
    },
    put: async (document, options) => {
      check('write');
      return inner.put(document, options);
    },
    delete: async (key, type, options) => {
      check('write');
      return inner.delete(key, type, options);
    },
    search: (request) => inner.search(request),
    iterate: (request) => inner.iterate(request),
    ping: () => inner.ping(),
    close: () => inner.close(),
  };
}

beforeEach(async () => {
  storeFails = 'none';
  fixture = await createTokenFixture({ wrapStore: breakable });
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

async function statusOf(process: TokenProcess, profileUid = 'u_ana'): Promise<string | undefined> {
  const connections = await process.connections.ofUser(profileUid, [connector]);
  return connections.get(connector.id)?.status;
}

/**
 * Advances the clock until the promise settles. Throws if it does not settle within `steps` steps.
 */
async function advanceUntilSettled<T>(promise: Promise<T>, stepMs = 500, steps = 400): Promise<T> {
  let done = false;
  const observed = promise.finally(() => {
    done = true;
  });
  observed.catch(() => undefined);
  for (let step = 0; step < steps && !done; step += 1) await fixture.clock.advance(stepMs);
  if (!done) throw new Error('the promise did not settle in time');
  return observed;
}

describe('a read of a token', () => {
  it('returns a fresh token without a request to the provider', async () => {
    const process = fixture.process();
    await connect(process);
    const token = await process.tokens.getToken(ana);
    expect(token.authorization).toMatch(/^Bearer at-/);
    expect(fixture.provider.seen).toEqual([]);
  });

  it('asks a user without a grant to authorize', async () => {
    await expect(fixture.process().tokens.getToken(ana)).rejects.toMatchObject({
      name: 'ConnectorAuthorizationError',
      reason: 'no_token',
    });
  });

  it('F76: fails without a user, and never returns another token', async () => {
    const process = fixture.process();
    await connect(process);
    await expect(
      process.tokens.getToken({ connector, profileUid: undefined }),
    ).rejects.toMatchObject({
      reason: 'no_user',
    });
  });

  it('F71: never uses the grant of another user', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana');
    await expect(process.tokens.getToken(ben)).rejects.toMatchObject({ reason: 'no_token' });
  });

  it('C48: refuses tokens that were granted for other hosts or another client', async () => {
    const process = fixture.process();
    await connect(process);
    const moved = fixture.process({ client: { fingerprint: 'fp-2' } });
    await expect(moved.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    expect(fixture.provider.seen).toEqual([]);
  });

  it('stores the last use at most once in ten minutes', async () => {
    const process = fixture.process();
    await connect(process);
    await process.tokens.getToken(ana);
    await fixture.clock.advance(1000);
    const first = await process.store.read({
      scope: 'per-user',
      connectorId: connector.id,
      profileUid: 'u_ana',
    });
    await process.tokens.getToken(ana);
    await fixture.clock.advance(1000);
    const second = await process.store.read({
      scope: 'per-user',
      connectorId: connector.id,
      profileUid: 'u_ana',
    });
    expect(first?.lastUsedAt).toBeInstanceOf(Date);
    expect(second?.version).toBe(first?.version);
  });
});

describe('a refresh that many callers need', () => {
  it('G82: causes one token request for 1,000 callers in one process', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    const tokens = await Promise.all(
      Array.from({ length: 1000 }, () => process.tokens.getToken(ana)),
    );
    expect(fixture.provider.refreshes).toBe(1);
    expect(new Set(tokens.map(({ authorization }) => authorization)).size).toBe(1);
  });

  it('G83: causes one token request for 4 processes with 250 callers each, in ten consecutive rounds', async () => {
    const processes = [fixture.process(), fixture.process(), fixture.process(), fixture.process()];
    await connect(processes[0] as TokenProcess);
    for (let round = 1; round <= 10; round += 1) {
      await fixture.clock.advance(HOUR_MS);
      const callers = processes.flatMap(({ tokens }) =>
        Array.from({ length: 250 }, () => tokens.getToken(ana)),
      );
      const tokens = await advanceUntilSettled(Promise.all(callers), 20);
      expect(fixture.provider.refreshes).toBe(round);
      expect(new Set(tokens.map(({ authorization }) => authorization)).size).toBe(1);
    }
    expect(fixture.provider.reuseDetected).toBe(0);
  });

  it('G84: causes one token request when many calls in two processes get a 401 for the same token', async () => {
    const [one, two] = [fixture.process(), fixture.process()];
    await connect(one);
    const { fingerprint } = await one.tokens.getToken(ana);
    const rejected = { ...ana, rejectedFingerprint: fingerprint };
    const callers = [one, two].flatMap(({ tokens }) =>
      Array.from({ length: 20 }, () => tokens.replaceRejectedToken(rejected)),
    );
    const tokens = await advanceUntilSettled(Promise.all(callers), 20);
    expect(fixture.provider.refreshes).toBe(1);
    expect(tokens.map((token) => token?.fingerprint)).not.toContain(undefined);
    expect(tokens.every((token) => token?.fingerprint !== fingerprint)).toBe(true);
  });

  it('G84: causes no token request when the rejected token was already replaced', async () => {
    const process = fixture.process();
    await connect(process);
    const old = await process.tokens.getToken(ana);
    const renewed = await process.tokens.replaceRejectedToken({
      ...ana,
      rejectedFingerprint: old.fingerprint,
    });
    const again = await process.tokens.replaceRejectedToken({
      ...ana,
      rejectedFingerprint: old.fingerprint,
    });
    expect(renewed).toBeDefined();
    expect(again?.fingerprint).toBe(renewed?.fingerprint);
    expect(fixture.provider.refreshes).toBe(1);
  });

  it('G86: causes one token request even if it takes longer than the lifetime of a lease', async () => {
    const [one, two] = [fixture.process(), fixture.process()];
    await connect(one);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.before = () => fixture.clock.sleep(25_000);
    const tokens = await advanceUntilSettled(
      Promise.all([one.tokens.getToken(ana), two.tokens.getToken(ana)]),
    );
    expect(fixture.provider.refreshes).toBe(1);
    expect(new Set(tokens.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it('G85: is done by another process, within the lifetime of a lease, when the holder crashes before the request', async () => {
    const alive = fixture.process();
    await connect(alive);
    await fixture.clock.advance(HOUR_MS);
    // The clock of the crashed process stands for the process: it does not advance, so no heartbeat
    // is written.
    const stopped = new ManualClock(new Date(fixture.clock.now()));
    const crashed = fixture.process({
      clock: stopped,
      checkpoint: () => new Promise(() => undefined),
    });
    void crashed.tokens.getToken(ana).catch(() => undefined);
    await fixture.clock.advance(0);
    const startedAt = fixture.clock.monotonic();
    await advanceUntilSettled(alive.tokens.getToken(ana), 250);
    expect(fixture.clock.monotonic() - startedAt).toBeLessThanOrEqual(12_000);
    expect(fixture.provider.refreshes).toBe(1);
  });

  it('G88: fails with a temporary error and without a request when the caller has waited too long for the lease', async () => {
    const holder = fixture.process();
    const waiter = fixture.process({ timings: { waitMs: 3_000 } });
    await connect(holder);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.before = () => fixture.clock.sleep(20_000);
    const ofHolder = holder.tokens.getToken(ana);
    await fixture.clock.advance(10);
    await expect(advanceUntilSettled(waiter.tokens.getToken(ana), 100)).rejects.toMatchObject({
      name: 'TokenUnavailableError',
      code: 'refresh_in_progress',
    });
    await advanceUntilSettled(ofHolder);
    expect(fixture.provider.refreshes).toBe(1);
  });

  it('G106: does not delay other users, or callers who get a fresh token', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana');
    await fixture.clock.advance(HOUR_MS);
    await connect(process, 'u_ben');
    fixture.provider.before = () => new Promise(() => undefined);
    void process.tokens.getToken(ana).catch(() => undefined);
    await fixture.clock.advance(10);
    const before = fixture.clock.monotonic();
    await process.tokens.getToken(ben);
    expect(fixture.clock.monotonic()).toBe(before);
  });

  it('G107: leaves no entries in memory after it has ended', async () => {
    const process = fixture.process();
    for (let user = 0; user < 50; user += 1) await connect(process, `u_${user}`);
    await fixture.clock.advance(HOUR_MS);
    const callers = Array.from({ length: 50 }, (_, user) =>
      process.tokens.getToken({ connector, profileUid: `u_${user}` }),
    );
    await advanceUntilSettled(Promise.all(callers), 20);
    expect(process.refresher.running).toBe(0);
  });

  it('keeps the user connected over six rotations of the refresh token', async () => {
    const process = fixture.process();
    await connect(process);
    for (let cycle = 0; cycle < 6; cycle += 1) {
      await fixture.clock.advance(HOUR_MS);
      await process.tokens.getToken(ana);
    }
    expect(fixture.provider.refreshes).toBe(6);
    expect(await statusOf(process)).toBe('connected');
  });
});

describe('the token service, when the provider fails,', () => {
  it('G89: returns a newer stored token after invalid_grant', async () => {
    const [one, two] = [fixture.process(), fixture.process()];
    await connect(one);
    await fixture.clock.advance(HOUR_MS);
    const newer = fixture.provider.authorize();
    const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
    fixture.provider.before = async () => {
      fixture.provider.before = async () => undefined;
      const record = await two.store.read(key);
      if (record === undefined) throw new Error('the grant was not found');
      await two.store.compareAndSet(record, {
        accessToken: `Bearer ${newer.accessToken}`,
        refreshToken: newer.refreshToken,
        issuedAt: new Date(fixture.clock.now()),
        expiresAt: new Date(fixture.clock.now() + HOUR_MS),
        refresh: undefined,
      });
      throw new OAuthError('invalid_grant', 'reauthorize', 'The grant is invalid.', {
        status: 400,
      });
    };
    const token = await advanceUntilSettled(one.tokens.getToken(ana));
    expect(token.authorization).toBe(`Bearer ${newer.accessToken}`);
    expect(await statusOf(one)).toBe('connected');
  });

  it('asks the user to authorize, and sends no further request, after invalid_grant for the stored token', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.revokeAll();
    for (let call = 0; call < 3; call += 1) {
      await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    }
    expect(fixture.provider.refreshes).toBe(1);
    expect(await statusOf(process)).toBe('needs_reauth');
    expect(await statusOf(process, 'u_ben')).toBe('not_connected');
  });

  it.each([
    ['provider_unavailable', { status: 503, retryAfterMs: 5_000 }, 'provider_unavailable'],
    ['rate_limited', { status: 429, retryAfterMs: 5_000 }, 'rate_limited'],
    ['timeout', { responseLost: true }, 'provider_unavailable'],
    ['network', {}, 'provider_unavailable'],
  ] as const)(
    'G91: treats the failure %s as temporary, and repeats the refresh after Retry-After',
    async (code, details, expectedCode) => {
      const process = fixture.process();
      await connect(process);
      await fixture.clock.advance(HOUR_MS);
      fixture.provider.before = async () => {
        throw new OAuthError(code, 'transient', 'Later.', details);
      };
      await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
        name: 'TokenUnavailableError',
        code: expectedCode,
      });
      expect(await statusOf(process)).toBe('refresh_failing');
      // During the backoff, no request is sent.
      await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
        name: 'TokenUnavailableError',
      });
      expect(fixture.provider.refreshes).toBe(1);
      fixture.provider.before = async () => undefined;
      await fixture.clock.advance(6_000);
      await process.tokens.getToken(ana);
      expect(await statusOf(process)).toBe('connected');
    },
  );

  it('G91: returns a token that is still valid while the provider is unavailable', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS - 30_000);
    fixture.provider.before = async () => {
      throw new OAuthError('provider_unavailable', 'transient', 'Later.', { status: 503 });
    };
    const token = await process.tokens.getToken(ana);
    expect(token.authorization).toMatch(/^Bearer at-/);
    await process.refresher.drain(60_000);
    expect(fixture.provider.refreshes).toBe(1);
    expect(await process.tokens.getToken(ana)).toMatchObject({ fingerprint: token.fingerprint });
  });

  it('G92: reports a refused client to the administrator, and does not ask the user to authorize again', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana');
    await connect(process, 'u_ben');
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.before = async () => {
      throw new OAuthError('invalid_client', 'misconfigured', 'Refused.', { status: 401 });
    };
    for (const user of [ana, ben, ana]) {
      await expect(process.tokens.getToken(user)).rejects.toMatchObject({
        name: 'ConnectorConfigurationError',
        code: 'client_rejected',
      });
    }
    expect(fixture.provider.refreshes).toBe(1);
    expect(await statusOf(process, 'u_ana')).not.toBe('needs_reauth');
    expect(await process.health.current(connector)).toMatchObject({ code: 'client_rejected' });
    const nextStep = async (version: string) => {
      const views = await process.connections.ofUser('u_ana', [{ ...connector, version }]);
      return nextStepOf(
        views.get(connector.id) ?? { status: 'not_connected', lastError: undefined },
      );
    };
    expect(await nextStep(connector.version)).toBe('ask_administrator');
    expect(await nextStep('of a later edit')).toBe('none');
    fixture.provider.before = async () => undefined;
    await fixture.clock.advance(31_000);
    await process.tokens.getToken(ben);
    expect(await nextStep(connector.version)).toBe('none');
    await process.tokens.getToken(ana);
    await process.tokens.getToken(ben);
    expect(await process.health.current(connector)).toBeUndefined();
  });

  it('G92: names the setting, but not the host, when the token URL is not allowed', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.before = async () => {
      const text = 'The request to idp.example.com is not allowed.';
      throw new OAuthError('endpoint_not_allowed', 'misconfigured', text);
    };
    const refusal = await process.tokens.getToken(ana).catch((error: unknown) => error);
    expect(refusal).toMatchObject({
      name: 'ConnectorConfigurationError',
      code: 'endpoint_not_allowed',
      message: expect.stringMatching(/token URL and \[xpack\.actions\.allowedHosts\]/),
    });
    expect(String(refusal)).not.toContain('idp.example.com');
    expect(await statusOf(process)).not.toBe('needs_reauth');
    expect(await process.health.current(connector)).toMatchObject({
      code: 'endpoint_not_allowed',
    });
  });

  it('G105: ends a request without a response at its deadline, and the next caller can refresh', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.before = () => new Promise(() => undefined);
    await expect(advanceUntilSettled(process.tokens.getToken(ana))).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    fixture.provider.before = async () => undefined;
    await fixture.clock.advance(60_000);
    await process.tokens.getToken(ana);
    expect(process.refresher.running).toBe(0);
  });

  it('reports a lost response when the provider has spent the refresh token but its response was lost', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.after = async () => {
      throw new OAuthError('network', 'transient', 'Reset.', { responseLost: true });
    };
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
      name: 'TokenUnavailableError',
    });
    fixture.provider.after = async () => undefined;
    await fixture.clock.advance(60_000);
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    const connections = await process.connections.ofUser('u_ana', [connector]);
    expect(connections.get(connector.id)).toMatchObject({
      status: 'needs_reauth',
      lastError: { code: 'refresh_response_lost' },
    });
  });
});

describe('the token service, when the store fails,', () => {
  it('G90: sends no refresh token when the lease cannot be written before the request', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    storeFails = 'writes';
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(fixture.provider.refreshes).toBe(0);
    storeFails = 'none';
    await process.tokens.getToken(ana);
    expect(fixture.provider.refreshes).toBe(1);
  });

  it('G90: returns new tokens from memory, and saves them when the store recovers', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.after = async () => {
      storeFails = 'all';
    };
    const token = await process.tokens.getToken(ana);
    const again = await process.tokens.getToken(ana);
    expect(again.fingerprint).toBe(token.fingerprint);
    expect(process.events.filter(({ type }) => type === 'refresh_unsaved')).toHaveLength(1);
    fixture.provider.after = async () => undefined;
    storeFails = 'none';
    await fixture.clock.advance(10_000);
    expect(process.refresher.running).toBe(0);
    const other: UsableToken = await fixture.process().tokens.getToken(ana);
    expect(other.fingerprint).toBe(token.fingerprint);
    expect(fixture.provider.refreshes).toBe(1);
  });
});

describe('the token service, with wrong clocks and unusual lifetimes,', () => {
  it.each([60_000, 300_000, -300_000])(
    'G97: refreshes neither too often nor too early when the clock jumps by %d ms',
    async (jumpMs) => {
      const process = fixture.process();
      await connect(process);
      fixture.clock.jumpWall(jumpMs);
      for (let call = 0; call < 5; call += 1) await process.tokens.getToken(ana);
      expect(fixture.provider.refreshes).toBe(0);
      await fixture.clock.advance(2 * HOUR_MS);
      for (let call = 0; call < 5; call += 1) await process.tokens.getToken(ana);
      expect(fixture.provider.refreshes).toBe(1);
      expect(await statusOf(process)).toBe('connected');
    },
  );

  it('G98: does not refresh a token with a lifetime of less than a minute at every call', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana', { lifetimeSeconds: 40 });
    for (let second = 0; second < 29; second += 1) {
      await process.tokens.getToken(ana);
      await fixture.clock.advance(1000);
    }
    expect(fixture.provider.refreshes).toBe(0);
  });

  it('G93: refreshes after an hour when the provider states no lifetime', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana', { lifetimeSeconds: undefined });
    await process.tokens.getToken(ana);
    await fixture.clock.advance(HOUR_MS);
    await process.tokens.getToken(ana);
    expect(fixture.provider.refreshes).toBe(1);
  });

  it('G93: uses a token without lifetime and refresh token until there is proof that it is rejected', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana', { lifetimeSeconds: undefined, refreshToken: undefined });
    await fixture.clock.advance(1000 * HOUR_MS);
    const { fingerprint } = await process.tokens.getToken(ana);
    const rejected = { ...ana, rejectedFingerprint: fingerprint };
    expect(await process.tokens.replaceRejectedToken(rejected)).toBeUndefined();
    expect(await statusOf(process)).toBe('connected');
    const proven = { ...rejected, evidence: 'rejected_invalid_token' } as const;
    await expect(process.tokens.replaceRejectedToken(proven)).rejects.toMatchObject({
      reason: 'token_revoked',
      message: expect.stringContaining('says that your token is not valid'),
    });
    expect(await statusOf(process)).toBe('needs_reauth');
    expect(process.events).toContainEqual(
      expect.objectContaining({ type: 'refresh_failed', code: 'rejected_invalid_token' }),
    );
  });

  it('returns the stored token and does not refresh when the caller does not permit a refresh', async () => {
    const process = fixture.process();
    await connect(process);
    const old = await process.tokens.getToken(ana);
    const withoutRefresh = { ...ana, rejectedFingerprint: old.fingerprint, mayRefresh: false };
    expect(await process.tokens.replaceRejectedToken(withoutRefresh)).toBeUndefined();
    const renewed = await process.tokens.replaceRejectedToken({
      ...withoutRefresh,
      mayRefresh: true,
    });
    const adopted = await process.tokens.replaceRejectedToken(withoutRefresh);
    expect(adopted?.fingerprint).toBe(renewed?.fingerprint);
    expect(fixture.provider.refreshes).toBe(1);
  });

  it('G94: keeps the refresh token when the response contains none', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.response = { refreshToken: undefined };
    const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
    const before = await process.store.read(key);
    await process.tokens.getToken(ana);
    expect((await process.store.read(key))?.refreshToken).toBe(before?.refreshToken);
  });

  it('G95: removes the old expiry when the new refresh token has none', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana', { refreshTokenLifetimeSeconds: 7200 });
    await fixture.clock.advance(HOUR_MS);
    await process.tokens.getToken(ana);
    await fixture.clock.advance(2 * HOUR_MS);
    await process.tokens.getToken(ana);
    expect(fixture.provider.refreshes).toBe(2);
  });

  it('sends a refresh token that has expired, because the clock of this server may be wrong', async () => {
    const process = fixture.process();
    await connect(process, 'u_ana', { refreshTokenLifetimeSeconds: 7200 });
    await fixture.clock.advance(3 * HOUR_MS);
    fixture.provider.revokeAll();
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
      reason: 'refresh_token_expired',
    });
    expect(fixture.provider.refreshes).toBe(1);
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
      reason: 'refresh_token_expired',
    });
    expect(fixture.provider.refreshes).toBe(1);
    expect(await statusOf(process)).toBe('needs_reauth');
  });

  it('G97: does not end grants when the clock of one server is ahead', async () => {
    const right = fixture.process();
    const ahead = fixture.process({
      clock: new ManualClock(new Date(fixture.clock.now() + 3 * HOUR_MS)),
    });
    await connect(right, 'u_ana', { refreshTokenLifetimeSeconds: 7200 });
    await connect(right, 'u_ben', { refreshToken: undefined });
    await ahead.tokens.getToken(ana);
    await expect(ahead.tokens.getToken(ben)).rejects.toMatchObject({ reason: 'token_expired' });
    await right.tokens.getToken(ana);
    await right.tokens.getToken(ben);
    expect(await statusOf(right)).toBe('connected');
    expect(await statusOf(right, 'u_ben')).not.toBe('needs_reauth');
  });
});
