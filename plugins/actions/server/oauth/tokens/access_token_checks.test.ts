import type { AccessTokenState } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tokenFingerprint } from './grants/grant_record.ts';
import type { RejectionEvidence } from './refresh/refresh_request.ts';
import { aConnector } from './rotating_provider.mock.ts';
import { createTokenFixture, type TokenFixture, type TokenProcess } from './tokens.mock.ts';

const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };
const ACCOUNT = { id: 'a1', label: 'a1@example.com' };

let fixture: TokenFixture;
let process: TokenProcess;
let state: AccessTokenState;
let checked: string[];
beforeEach(async () => {
  fixture = await createTokenFixture();
  state = 'accepted';
  checked = [];
});
afterEach(() => fixture.close());

/** Connects a user without a refresh token, with a client that has a userinfo endpoint. */
async function connect(account: typeof ACCOUNT | undefined): Promise<string> {
  const client = {
    checkAccessToken: async (authorization: string) => {
      checked.push(authorization);
      return state;
    },
  };
  process = fixture.process({ client, connector });
  await process.grants.saveGrant({
    connector,
    client: fixture.provider.client(client),
    profileUid: 'u_ana',
    grant: fixture.provider.authorize({ refreshToken: undefined, account }),
  });
  return (await process.tokens.getToken(ana)).authorization;
}
const reject = (authorization: string, evidence?: RejectionEvidence) =>
  process.tokens.replaceRejectedToken({
    ...ana,
    rejectedFingerprint: tokenFingerprint(authorization),
    evidence,
  });
const view = async () => (await process.connections.ofUser('u_ana', [connector])).get(connector.id);

describe('a rejected access token without a refresh token, at a provider with a userinfo endpoint', () => {
  it.each([undefined, 'rejected_on_several_paths' as const])(
    'stays in use while the userinfo endpoint accepts it (evidence %s)',
    async (evidence) => {
      const token = await connect(ACCOUNT);
      for (let call = 0; call < 5; call += 1) expect(await reject(token, evidence)).toBeUndefined();
      expect(await view()).toMatchObject({ status: 'connected', lastError: undefined });
      expect(checked).toEqual([token]);
      await fixture.clock.advance(60_000);
      await reject(token, evidence);
      expect(checked).toHaveLength(2);
    },
  );

  it('ends the connection after one rejection if the userinfo endpoint rejects it too', async () => {
    const token = await connect(ACCOUNT);
    state = 'rejected';
    const calls = [reject(token), reject(token)];
    for (const call of calls) await expect(call).rejects.toMatchObject({ reason: 'token_revoked' });
    expect(await view()).toMatchObject({
      status: 'needs_reauth',
      lastError: { code: 'rejected_by_service' },
    });
    expect(checked).toEqual([token]);
  });

  it.each([
    ['returns neither result', 'unknown' as const, ACCOUNT],
    ['rejects it and never named an account', 'rejected' as const, undefined],
  ])(
    'ends the connection only after rejections on several paths if the userinfo endpoint %s',
    async (_case, response, account) => {
      const token = await connect(account);
      state = response;
      expect(await reject(token)).toBeUndefined();
      expect(await view()).toMatchObject({ status: 'connected' });
      await expect(reject(token, 'rejected_on_several_paths')).rejects.toMatchObject({
        reason: 'token_revoked',
      });
      expect(await view()).toMatchObject({ lastError: { code: 'rejected_on_several_paths' } });
    },
  );

  it('is not checked at the userinfo endpoint if the service itself proves that the token is invalid', async () => {
    const token = await connect(ACCOUNT);
    await expect(reject(token, 'rejected_invalid_token')).rejects.toMatchObject({
      reason: 'token_revoked',
    });
    expect(checked).toEqual([]);
  });
});
