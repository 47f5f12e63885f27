import { afterEach, describe, expect, it } from '@jest/globals';
import { type DocumentStore, StoreError } from '@latchkey/saved-objects';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';
import { OAUTH_REVOCATION_TYPE } from './revocation_type.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const { signal } = new AbortController();

let fixture: TokenFixture;
afterEach(() => fixture.close());

/** Tokens that arrive after a disconnect, while the store takes nothing for the outbox; resolves once their first try has failed. */
async function tokensArriveLate(): Promise<{
  server: TokenProcess;
  tries: () => number;
  comeBack: () => void;
}> {
  let isAway = false;
  let tries = 0;
  fixture = await createTokenFixture({
    wrapStore: (inner): DocumentStore => ({
      ...inner,
      put: async (document, options) => {
        if (isAway && document.type === OAUTH_REVOCATION_TYPE) {
          tries += 1;
          throw new StoreError('unavailable', 'The store is away.');
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
  await fixture.process({ connector }).grants.revokeGrantOf({
    connectorId: connector.id,
    profileUid: 'u_ana',
    reason: 'disconnect',
    actor: undefined,
  });
  isAway = true;
  release();
  await expect(call).rejects.toMatchObject({ reason: 'no_token' });
  const comeBack = () => {
    isAway = false;
  };
  return { server, tries: () => tries, comeBack };
}
const revoked = () =>
  fixture.provider.seen.flatMap(({ call, token }) => (call === 'revoke' ? [token] : []));

describe('tokens of an ended grant', () => {
  it('G103: are offered to the outbox until the store takes them, and the caller does not wait', async () => {
    const { server, tries, comeBack } = await tokensArriveLate();
    expect(tries()).toBe(1);
    await fixture.clock.advance(60_000);
    expect(tries()).toBeGreaterThan(3);
    comeBack();
    await fixture.clock.advance(10_000);
    await server.outbox.workOff(signal);
    await server.background.drain(1000);
    expect(fixture.provider.alive).toBe(0);
    expect(revoked().filter((token) => /grant-1-3$/.test(token))).toHaveLength(2);
    expect(server.logger.lines.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('G103: are offered once more when the server stops, and their loss is said', async () => {
    const { server, tries } = await tokensArriveLate();
    const stopped = server.background.drain(1);
    await fixture.clock.advance(2);
    await stopped;
    expect(tries()).toBe(2);
    expect(server.logger.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
