import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aConnector } from '../rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const MALLORY = { id: 'mallory', label: 'mallory@example.com' };

let fixture: TokenFixture;
beforeEach(async () => {
  fixture = await createTokenFixture();
});
afterEach(() => fixture.close());

/** A connected process whose provider names the account `a1`. */
async function connected(isAccountFromIdToken: boolean): Promise<TokenProcess> {
  const client = { isAccountFromIdToken };
  const process = fixture.process({ client, connector });
  const grant = fixture.provider.authorize({ account: { id: 'a1', label: 'a1@example.com' } });
  await process.grants.saveGrant({
    connector,
    client: fixture.provider.client(client),
    profileUid: 'u_ana',
    grant,
  });
  await fixture.clock.advance(HOUR_MS);
  return process;
}

const viewOf = async (process: TokenProcess) =>
  (await process.connections.ofUser('u_ana', [connector])).get(connector.id);

describe('a refresh that names an account', () => {
  it('ends the connection and revokes the tokens when the ID token names another account', async () => {
    const process = await connected(true);
    fixture.provider.response = { account: MALLORY };
    for (const _attempt of ['refresh', 'after the end']) {
      await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
        reason: 'token_revoked',
        message: expect.stringContaining('another account'),
      });
    }
    expect(await viewOf(process)).toMatchObject({
      status: 'needs_reauth',
      account: { id: 'a1' },
      lastError: { code: 'refreshed_other_account' },
    });
    expect(process.events).toContainEqual(
      expect.objectContaining({ type: 'refresh_failed', code: 'refreshed_other_account' }),
    );
    await process.stop(60_000);
    expect(fixture.provider.refreshes).toBe(1);
    expect(fixture.provider.alive).toBe(0);
  });

  it('revokes the sent refresh token when the response of the other account has none', async () => {
    const process = await connected(true);
    fixture.provider.response = { account: MALLORY, refreshToken: undefined };
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    await process.stop(60_000);
    const revoked = fixture.provider.seen.filter(({ call }) => call === 'revoke');
    const presented = fixture.provider.seen.find(({ call }) => call === 'refresh')?.token;
    expect(revoked.map(({ token }) => token)).toContain(presented);
  });

  it('ends the connection when keep-alive receives another account', async () => {
    const process = await connected(true);
    fixture.provider.response = { account: MALLORY };
    await expect(process.tokens.keepAlive(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
  });

  it.each([
    ['the same account under another name', true, { id: 'a1', label: 'ana' }],
    ['no account', true, undefined],
    ['another id than the userinfo endpoint', false, MALLORY],
  ])('keeps the connection when it names %s', async (_case, isAccountFromIdToken, account) => {
    const process = await connected(isAccountFromIdToken);
    fixture.provider.response = { account };
    await process.tokens.getToken(ana);
    expect(await viewOf(process)).toMatchObject({ status: 'connected', account: { id: 'a1' } });
  });
});
