import { aPrincipal } from '@latchkey/core/server/mocks';
import type { TokenGrant } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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

/** Connects a user with the account `a1`. */
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

describe('a refresh whose response names an account', () => {
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

  it('revokes the sent refresh token when the response for the other account contains none', async () => {
    const process = await connected(true);
    fixture.provider.response = { account: MALLORY, refreshToken: undefined };
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    await process.stop(60_000);
    const revoked = fixture.provider.seen.filter(({ call }) => call === 'revoke');
    const presented = fixture.provider.seen.find(({ call }) => call === 'refresh')?.token;
    expect(revoked.map(({ token }) => token)).toContain(presented);
  });

  it('ends the connection when the response to a keep-alive names another account', async () => {
    const process = await connected(true);
    fixture.provider.response = { account: MALLORY };
    await expect(process.tokens.keepAlive(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
  });

  it.each([
    ['the same account under another name', true, { id: 'a1', label: 'ana' }],
    ['no account', true, undefined],
    ['a different id than the userinfo endpoint', false, MALLORY],
  ])(
    'keeps the connection when the response names %s',
    async (_case, isAccountFromIdToken, account) => {
      const process = await connected(isAccountFromIdToken);
      fixture.provider.response = { account };
      await process.tokens.getToken(ana);
      expect(await viewOf(process)).toMatchObject({ status: 'connected', account: { id: 'a1' } });
    },
  );
});

describe('the source of the account', () => {
  const save = async (grant: Partial<TokenGrant>, isAccountFromIdToken: boolean) => {
    const client = { isAccountFromIdToken };
    const process = fixture.process({ client, connector });
    await process.grants.saveGrant({
      connector,
      client: fixture.provider.client(client),
      profileUid: 'u_ana',
      grant: fixture.provider.authorize(grant),
    });
    await fixture.clock.advance(HOUR_MS);
    return process;
  };
  const ofPath = {
    account: { id: 'team-7', label: 'Team 7' },
    accountSource: 'token_response',
  } as const;
  const ofIdToken = {
    account: { id: 'sub-of-ana', label: 'ana@example.com' },
    accountSource: 'id_token',
  } as const;

  it('keeps the connection after an edit has removed the path to the account', async () => {
    await save(ofPath, false);
    const edited = fixture.process({ client: { isAccountFromIdToken: true }, connector });
    fixture.provider.response = ofIdToken;
    await edited.tokens.getToken(ana);
    expect(await viewOf(edited)).toMatchObject({ status: 'connected', account: ofPath.account });
  });

  it('A33: ends the connection when the ID token names another account, even with a userinfo endpoint', async () => {
    const process = await save(ofIdToken, false);
    fixture.provider.response = { account: MALLORY, accountSource: 'id_token' };
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'token_revoked' });
    expect(await viewOf(process)).toMatchObject({ status: 'needs_reauth' });
  });

  it('is stored with the connected account, and with a held account', async () => {
    const process = await save(ofIdToken, true);
    const client = fixture.provider.client({ isAccountFromIdToken: true });
    const until = new Date(fixture.clock.now() + 60_000);
    const flow = { flowId: 'flow-1', browserBinding: 'binding', returnUrl: undefined, until };
    const grant = fixture.provider.authorize({ account: MALLORY, accountSource: 'userinfo' });
    await process.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant, hold: flow });
    const key = { scope: 'per-user', connectorId: connector.id, profileUid: 'u_ana' } as const;
    expect(await process.store.read(key)).toMatchObject({
      accountSource: 'id_token',
      held: { accountSource: 'userinfo' },
    });
    const { connectorId } = key;
    const decision = { connectorId, profileUid: 'u_ana', flowId: 'flow-1', actor: aPrincipal() };
    await process.accountChanges.decide({ ...decision, decision: 'change', client });
    expect(await process.store.read(key)).toMatchObject({
      account: MALLORY,
      accountSource: 'userinfo',
    });
    // Ids from different places do not prove different accounts, so the tokens are kept.
    expect((await process.store.read(key))?.supersededGrants).toHaveLength(1);
  });
});
