import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { afterEach, describe, expect, it } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import { OAUTH_REVOCATION_TYPE } from './revocation_type.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const { signal } = new AbortController();

let fixture: TokenFixture;
afterEach(() => fixture.close());

/**
 * Lets tokens arrive after a disconnect, while the store refuses writes to the outbox. Resolves
 * when the first attempt to write them has failed.
 */
async function receiveOrphanedTokens(): Promise<{
  server: TokenProcess;
  tries: () => number;
  recover: () => void;
}> {
  let isUnavailable = false;
  let tries = 0;
  fixture = await createTokenFixture({
    wrapStore: (inner): DocumentStore => ({
      ...inner,
      put: async (document, options) => {
        if (isUnavailable && document.type === OAUTH_REVOCATION_TYPE) {
          tries += 1;
          throw new StoreError('unavailable', 'The store is unavailable.');
        }
        return inner.put(document, options);
      },
    }),
  });
  const server = fixture.process({ connector });
  await server.grants.saveGrant({
    connector,
    client: fixture.provider.client(),
    profileUid: 'u_ana',
    grant: fixture.provider.authorize(),
  });
  await fixture.clock.advance(HOUR_MS);
  let release: () => void = () => undefined;
  fixture.provider.after = () => new Promise((resolve) => (release = () => resolve(undefined)));
  const call = server.tokens.getToken(ana);
  call.catch(() => undefined);
  while (fixture.provider.refreshes === 0) await fixture.clock.advance(10);
  await fixture.process({ connector }).grantRevoker.revokeNow({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: undefined,
  });
  isUnavailable = true;
  release();
  await expect(call).rejects.toMatchObject({ reason: 'no_token' });
  const recover = () => {
    isUnavailable = false;
  };
  return { server, tries: () => tries, recover };
}
const revoked = () =>
  fixture.provider.seen.flatMap(({ call, token }) => (call === 'revoke' ? [token] : []));

describe('tokens of an ended grant', () => {
  it('G103: are written to the outbox when the store recovers, and the caller does not wait', async () => {
    const { server, tries, recover } = await receiveOrphanedTokens();
    expect(tries()).toBe(1);
    await fixture.clock.advance(60_000);
    expect(tries()).toBeGreaterThan(3);
    recover();
    await fixture.clock.advance(10_000);
    await server.outbox.processDue(signal);
    await server.outbox.drain(1000);
    expect(fixture.provider.alive).toBe(0);
    expect(revoked().filter((token) => /grant-1-2$/.test(token))).toHaveLength(2);
    expect(server.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('G103: are written once more when the server stops, and a loss is logged', async () => {
    const { server, tries } = await receiveOrphanedTokens();
    const stopped = server.outbox.drain(1);
    await fixture.clock.advance(2);
    await stopped;
    expect(tries()).toBe(2);
    expect(server.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
