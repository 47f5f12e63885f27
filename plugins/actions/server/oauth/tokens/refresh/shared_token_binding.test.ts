import { OAuthError } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DecryptedConnector, lookupOf } from '../../../connector_data/index.ts';
import { ConnectorConfigurationError } from '../../strategies/index.ts';
import { TokenUnavailableError } from '../grants/token_errors.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import type { RefreshPoint } from './refresh_request.ts';
import { isIssuedFor, issuedForOf } from './shared_token_binding.ts';

const key = { scope: 'shared', connectorId: 'connector-1' } as const;
const withSecrets = (
  secrets: Record<string, unknown>,
  over: Partial<DecryptedConnector> = {},
): DecryptedConnector =>
  aConnector({
    authType: 'oauth_client_credentials',
    authMode: 'shared',
    secrets: { clientSecret: 'first', scope: 'read write', ...secrets },
    ...over,
  });
const before = withSecrets({});
const edited = withSecrets({ scope: 'read' });

let fixture: TokenFixture;
/** The connector as it is stored. `undefined`: it was deleted. */
let stored: DecryptedConnector | undefined;
beforeEach(async () => {
  fixture = await createTokenFixture();
  stored = before;
});
afterEach(() => fixture.close());

const connectors = { find: async () => lookupOf(stored) };
const aProcess = (checkpoint?: (point: RefreshPoint) => Promise<void>) =>
  fixture.process({ connectors, checkpoint });
const tokenFor = (process: TokenProcess, connector: DecryptedConnector) =>
  process.tokens.getToken({ connector, profileUid: undefined });
/**
 * Writes the connector and ends its shared token, in the order in which an edit or a deletion does.
 */
async function change(process: TokenProcess, next: DecryptedConnector | undefined) {
  const previous = stored ?? before;
  stored = next;
  await process.grants.revokeShared(previous);
}
/** Reads the stored token after its last use was written in the background. */
async function storedToken(process: TokenProcess) {
  await fixture.clock.advance(1);
  const record = await process.store.read(key);
  if (record === undefined) throw new Error('the document was not found');
  return record;
}
const requests = () => fixture.provider.seen.filter(({ call }) => call === 'shared').length;
const revoked = () =>
  fixture.provider.seen.filter(({ call }) => call === 'revoke').map(({ token }) => token);

describe('a shared token whose connector changes during its request', () => {
  it.each([
    ['an edit', edited],
    ['a deletion', undefined],
  ])('is revoked and not requested again after %s', async (_what, next) => {
    const process = aProcess();
    let isChanged = false;
    fixture.provider.before = async () => {
      if (isChanged) return;
      isChanged = true;
      await change(process, next);
    };
    await expect(tokenFor(process, before)).rejects.toBeInstanceOf(TokenUnavailableError);
    await process.outbox.drain(1_000);
    expect(requests()).toBe(1);
    expect(revoked()).toHaveLength(1);
    expect(await process.store.read(key)).toBeUndefined();
  });

  it('is not requested if the connector changes immediately before the request', async () => {
    const process: TokenProcess = aProcess(async (point) => {
      if (point === 'before_call') await change(process, undefined);
    });
    await expect(tokenFor(process, before)).rejects.toMatchObject({
      code: 'refresh_in_progress',
    });
    expect(requests()).toBe(0);
    expect(await process.store.read(key)).toBeUndefined();
  });

  it('is not requested by a process that has waited for the lease of another process', async () => {
    const holder = aProcess();
    const waiting = aProcess();
    let waiter: Promise<unknown> = Promise.resolve();
    fixture.provider.before = async () => {
      if (requests() > 1) return;
      waiter = tokenFor(waiting, before).catch((error: unknown) => error);
      await change(holder, undefined);
    };
    await expect(tokenFor(holder, before)).rejects.toBeInstanceOf(TokenUnavailableError);
    await fixture.clock.advance(60_000);
    expect(await waiter).toBeInstanceOf(TokenUnavailableError);
    expect(requests()).toBe(1);
    expect(await holder.store.read(key)).toBeUndefined();
  });

  it('is not returned to a caller that has read the edited connector', async () => {
    const process = aProcess();
    let later: ReturnType<typeof tokenFor> | undefined;
    fixture.provider.before = async () => {
      if (later !== undefined) return;
      await change(process, edited);
      later = tokenFor(process, edited);
    };
    await expect(tokenFor(process, before)).rejects.toBeInstanceOf(TokenUnavailableError);
    const { authorization } = (await later) ?? {};
    await process.outbox.drain(1_000);
    expect(requests()).toBe(2);
    expect(authorization).toBe((await process.store.read(key))?.accessToken);
    expect(revoked().map((token) => `Bearer ${token}`)).not.toContain(authorization);
  });
});

describe('a stored shared token', () => {
  it.each([
    ['another client', before, { fingerprint: 'fp-2' }],
    ['another scope', edited, {}],
  ])(
    'passes neither grant facts nor scopes on to a new token for %s',
    async (_what, next, client) => {
      fixture.provider.response = { facts: { host: 'first.example' }, scopes: ['read', 'write'] };
      await tokenFor(aProcess(), before);
      stored = next;
      fixture.provider.response = {};
      const token = await tokenFor(fixture.process({ connectors, client }), next);
      expect(requests()).toBe(2);
      expect(token).toMatchObject({ facts: {}, scopes: undefined });
      expect(await storedToken(aProcess())).toMatchObject({ facts: undefined, scopes: undefined });
    },
  );

  it('passes grant facts and scopes on to a new token for the same client and connector', async () => {
    const process = aProcess();
    fixture.provider.response = { facts: { host: 'first.example' }, scopes: ['read', 'write'] };
    await tokenFor(process, before);
    fixture.provider.response = {};
    await fixture.clock.advance(3_600_000);
    const token = await tokenFor(process, before);
    expect(requests()).toBe(2);
    expect(token).toMatchObject({ facts: { host: 'first.example' }, scopes: ['read', 'write'] });
  });

  it.each([
    ['another scope', withSecrets({ scope: 'read' })],
    ['another client secret', withSecrets({ clientSecret: 'wrong' })],
    ['the same id in another space', withSecrets({}, { spaceId: 'other' })],
  ])('is not used for a connector with %s', async (_what, other) => {
    const process = aProcess();
    const first = await tokenFor(process, before);
    stored = other;
    const second = await tokenFor(process, other);
    expect(second.authorization).not.toBe(first.authorization);
    expect(requests()).toBe(2);
  });

  it.each([
    ['refuses the client', new OAuthError('invalid_client', 'misconfigured', 'Refused.')],
    ['is unavailable', new OAuthError('provider_unavailable', 'transient', 'Later.')],
  ])('is not used with another client secret if the provider %s', async (_what, error) => {
    const process = aProcess();
    await tokenFor(process, before);
    stored = withSecrets({ clientSecret: 'wrong' });
    fixture.provider.before = async () => {
      throw error;
    };
    for (let call = 0; call < 2; call += 1) {
      const refused = tokenFor(process, stored);
      await expect(refused).rejects.toBeInstanceOf(
        error.kind === 'misconfigured' ? ConnectorConfigurationError : TokenUnavailableError,
      );
    }
  });

  it('is used again after a rename', async () => {
    const process = aProcess();
    const first = await tokenFor(process, before);
    stored = { ...before, name: 'Renamed', version: 'v2' };
    expect(await tokenFor(process, stored)).toEqual(first);
    expect(requests()).toBe(1);
  });

  it('is used in all spaces when the connector is preconfigured', async () => {
    const process = aProcess();
    stored = { ...before, isPreconfigured: true };
    const first = await tokenFor(process, stored);
    expect(await tokenFor(process, { ...stored, spaceId: 'other' })).toEqual(first);
    expect(requests()).toBe(1);
  });

  it('is requested once more if an older version has stored it', async () => {
    const process = aProcess();
    await tokenFor(process, before);
    const record = await storedToken(process);
    expect(await process.store.compareAndSet(record, { issuedFor: undefined })).toBeDefined();
    const second = await tokenFor(process, before);
    expect(second.authorization).not.toBe(record.accessToken);
    expect(await tokenFor(process, before)).toEqual(second);
    expect(requests()).toBe(2);
  });
});

it('a shared token is revoked if it arrives after another process has taken over the lease and saved its own', async () => {
  let isPaused = false;
  const slow = aProcess(async (point) => {
    if (point !== 'after_call' || isPaused) return;
    isPaused = true;
    const record = await storedToken(slow);
    await slow.store.compareAndSet(record, {
      accessToken: 'Bearer taken-over',
      issuedFor: issuedForOf('Bearer taken-over', before),
      refresh: undefined,
    });
  });
  expect((await tokenFor(slow, before)).authorization).toBe('Bearer taken-over');
  await slow.outbox.drain(1_000);
  expect(revoked()).toEqual(['at-grant-1-1']);
  expect(requests()).toBe(1);
});

it('the record of an unchanged shared token is cached, and matches only its own connector', async () => {
  const process = aProcess();
  await tokenFor(process, before);
  // The store caches a document when it is read the second time.
  await storedToken(process);
  const record = await storedToken(process);
  expect(await storedToken(process)).toBe(record);
  const [same, other] = [Object.freeze({ ...before }), Object.freeze({ ...edited })];
  for (const _read of [1, 2]) {
    expect(isIssuedFor(record, same)).toBe(true);
    expect(isIssuedFor(record, other)).toBe(false);
  }
  await process.store.compareAndSet(record, { issuedFor: undefined });
  expect(isIssuedFor(await storedToken(process), same)).toBe(false);
});
