import { OAuthError } from '@latchkey/oauth-client';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DecryptedConnector, lookupOf } from '../../../connector_data/index.ts';
import type { ProviderClient } from '../../strategies/index.ts';
import { createTokens } from '../index.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };

let fixture: TokenFixture;
let isUnavailable = false;

/** Wraps the real store, so that a test can make it refuse writes. */
function breakable(inner: DocumentStore): DocumentStore {
  return {
    ...inner,
    put: async (document, options) => {
      if (isUnavailable) throw new StoreError('unavailable', 'The store is unavailable.');
      return inner.put(document, options);
    },
  };
}

beforeEach(async () => {
  isUnavailable = false;
  fixture = await createTokenFixture({ wrapStore: breakable });
});
afterEach(() => fixture.close());

async function connect(process: TokenProcess): Promise<void> {
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await process.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
}

async function connectionOf(process: TokenProcess) {
  return (await process.connections.ofUser('u_ana', [connector])).get(connector.id);
}

/** Advances the clock until the promise settles. */
async function advanceUntilSettled<T>(promise: Promise<T>): Promise<T> {
  let done = false;
  const observed = promise.finally(() => {
    done = true;
  });
  observed.catch(() => undefined);
  for (let step = 0; step < 400 && !done; step += 1) await fixture.clock.advance(250);
  return observed;
}

it('C48: a caller with the edited connector gets no token that was requested before the edit', async () => {
  const { provider, clock, repository } = fixture;
  const asClient = (over: Partial<ProviderClient>) => provider.client(over);
  const edited = aConnector({ version: 'edited' });
  const clientOf = ({ version }: DecryptedConnector) =>
    asClient({ fingerprint: version === 'edited' ? 'fp-2' : 'fp-1' });
  const one = createTokens({
    repository,
    clients: {
      forConnector: clientOf,
      resolveRevocationClient: clientOf,
      forConfiguration: () => asClient({}),
    },
    connectors: { find: async () => lookupOf(undefined) },
    events: { emit: () => undefined },
    clock,
    randomness: {
      bytes: (length) => Buffer.alloc(length, 1),
      uuid: () => 'u',
      fraction: () => 0.5,
    },
    instanceId: 'one',
    logger: fixture.process().logger,
  });
  await connect(fixture.process());
  await clock.advance(HOUR_MS);
  provider.before = () => clock.sleep(2_000);
  const before = one.tokens.getToken(ana);
  await clock.advance(10);
  await expect(one.tokens.getToken({ ...ana, connector: edited })).rejects.toMatchObject({
    name: 'ConnectorAuthorizationError',
  });
  expect((await advanceUntilSettled(before)).authorization).toMatch(/^Bearer /);
});

it('H110: a caller gets no unsaved tokens after a disconnect', async () => {
  const [one, two] = [fixture.process(), fixture.process()];
  await connect(one);
  await fixture.clock.advance(HOUR_MS);
  fixture.provider.after = async () => {
    isUnavailable = true;
  };
  await one.tokens.getToken(ana);
  isUnavailable = false;
  await two.grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: undefined,
  });
  await expect(one.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'no_token' });
});

it('a grant reports a lost response when a slow process saves its tokens after another process has sent its refresh token again', async () => {
  const [slow, quick] = [fixture.process(), fixture.process()];
  await connect(slow);
  await fixture.clock.advance(HOUR_MS);
  fixture.provider.after = async () => {
    fixture.provider.after = async () => undefined;
    isUnavailable = true;
  };
  await slow.tokens.getToken(ana);
  // The outage is longer than the lifetime of a lease, and ends just in time for the other process
  // to take the lease.
  const taken = quick.tokens.getToken(ana).catch((error: unknown) => error);
  for (let step = 0; step < 400 && fixture.provider.reuseDetected === 0; step += 1) {
    await fixture.clock.advance(50);
    isUnavailable = fixture.clock.monotonic() - HOUR_MS < 10_000;
  }
  await advanceUntilSettled(taken);
  await fixture.clock.advance(10_000);
  await fixture.clock.advance(HOUR_MS);
  await expect(advanceUntilSettled(slow.tokens.getToken(ana))).rejects.toMatchObject({
    name: 'ConnectorAuthorizationError',
  });
  expect(await connectionOf(slow)).toMatchObject({
    status: 'needs_reauth',
    lastError: { code: 'refresh_response_lost' },
  });
});

it('a grant keeps the code of a lost response after later failures of another kind', async () => {
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
  fixture.provider.before = async () => {
    throw new OAuthError('provider_unavailable', 'transient', 'Later.', { status: 503 });
  };
  await fixture.clock.advance(60_000);
  await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
    name: 'TokenUnavailableError',
  });
  fixture.provider.before = async () => undefined;
  await fixture.clock.advance(120_000);
  await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
  expect(await connectionOf(process)).toMatchObject({
    status: 'needs_reauth',
    lastError: { code: 'refresh_response_lost' },
  });
});
