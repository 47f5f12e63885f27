import { ManualClock } from '@latchkey/core/server/mocks';
import { OAuthError } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aConnector } from '../rotating_provider.mock.ts';
import {
  createTokenFixture,
  refusingWrites,
  type TokenFixture,
  type TokenProcess,
} from '../tokens.mock.ts';

const HOUR_MS = 3_600_000;
const connector = aConnector();
const ana = { connector, profileUid: 'u_ana' };

let fixture: TokenFixture;

let storeRefuses = false;

beforeEach(async () => {
  storeRefuses = false;
  fixture = await createTokenFixture({
    wrapStore: (inner) => refusingWrites(inner, () => storeRefuses),
  });
});
afterEach(() => fixture.close());

async function connect(process: TokenProcess): Promise<void> {
  const client = fixture.provider.client();
  const grant = fixture.provider.authorize();
  await process.grants.saveGrant({ connector, client, profileUid: 'u_ana', grant });
}

/**
 * Creates a client whose first response contains a new refresh token but is unusable: its access
 * token has another type, or cannot be sent.
 */
function firstResponseUnusable(failure: (rotated: string | undefined) => OAuthError) {
  const strict = fixture.provider.client();
  let isUnusable = true;
  const client = {
    refresh: async (token: string, signal: AbortSignal) => {
      const grant = await strict.refresh(token, signal);
      if (!isUnusable) return grant;
      isUnusable = false;
      throw failure(grant.refreshToken);
    },
  };
  return { client };
}

describe('a response of which only the refresh token is usable', () => {
  it('G96: has its new refresh token stored if the token type is unknown', async () => {
    const process = fixture.process(
      firstResponseUnusable(
        (rotatedRefreshToken) =>
          new OAuthError('unsupported_token_type', 'misconfigured', 'Not a bearer token.', {
            status: 200,
            issuedTokens: { accessToken: undefined, refreshToken: rotatedRefreshToken },
          }),
      ),
    );
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ code: 'request_rejected' });
    // The circuit closes after 30 seconds. The administrator has corrected the problem by then.
    await fixture.clock.advance(60_000);
    await process.tokens.getToken(ana);
    expect(fixture.provider.reuseDetected).toBe(0);
  });

  it('has its new refresh token stored if the access token cannot be sent', async () => {
    const process = fixture.process(
      firstResponseUnusable(
        (rotatedRefreshToken) =>
          new OAuthError('malformed_response', 'transient', 'No usable token.', {
            status: 200,
            issuedTokens: { accessToken: undefined, refreshToken: rotatedRefreshToken },
          }),
      ),
    );
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    await fixture.clock.advance(60_000);
    await process.tokens.getToken(ana);
    expect(fixture.provider.reuseDetected).toBe(0);
  });

  it('is saved without its scopes if the store refuses the scopes', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.response = { scopes: Array.from({ length: 1_000 }, (_, i) => `scope-${i}`) };
    await process.tokens.getToken(ana);
    fixture.provider.response = {};
    await fixture.clock.advance(HOUR_MS);
    await process.tokens.getToken(ana);
    expect(fixture.provider.refreshes).toBe(2);
    expect(fixture.provider.reuseDetected).toBe(0);
  });
});

describe('a refresh token without an access token', () => {
  const unusable = (rotatedRefreshToken: string | undefined) =>
    new OAuthError('malformed_response', 'transient', 'No usable token.', {
      status: 200,
      issuedTokens: { accessToken: undefined, refreshToken: rotatedRefreshToken },
    });

  it('G90: is written again and again until the store recovers', async () => {
    const process = fixture.process(firstResponseUnusable(unusable));
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.after = async () => {
      storeRefuses = true;
    };
    const call = process.tokens.getToken(ana);
    call.catch(() => undefined);
    for (let i = 0; i < 20; i += 1) await fixture.clock.advance(1_000);
    storeRefuses = false;
    fixture.provider.after = async () => undefined;
    for (let i = 0; i < 20; i += 1) await fixture.clock.advance(1_000);
    await expect(call).rejects.toMatchObject({ code: 'provider_unavailable' });
    await fixture.clock.advance(60_000);
    await process.tokens.getToken(ana);
    expect(fixture.provider.reuseDetected).toBe(0);
  });

  it('G103: is revoked if its grant has ended meanwhile', async () => {
    const process = fixture.process({ ...firstResponseUnusable(unusable), connector });
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.after = async () => {
      await process.grantRevoker.revokeNow({
        connectorId: connector.id,
        profileUid: 'u_ana',
        reason: 'disconnect',
        actor: undefined,
      });
    };
    await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ reason: 'no_token' });
    await process.stop(60_000);
    expect(fixture.provider.alive).toBe(0);
  });
});

describe('the message while a refresh is paused', () => {
  it.each([
    [5_000, /The next attempt is in 5 s; nobody needs to authorize again\.$/],
    [3_600_000, /in 60 minutes, .* authorizing the connector again also helps\.$/],
    [86_400_000, /in 60 minutes, /],
  ])(
    'contains the time of the next attempt after a Retry-After of %d ms',
    async (retryAfterMs, message) => {
      const process = fixture.process();
      await connect(process);
      await fixture.clock.advance(HOUR_MS);
      fixture.provider.before = () => {
        throw new OAuthError('rate_limited', 'transient', 'Later.', { status: 429, retryAfterMs });
      };
      for (const _call of ['the first', 'the next']) {
        await expect(process.tokens.getToken(ana)).rejects.toMatchObject({
          code: 'rate_limited',
          message: expect.stringMatching(message),
          retryAfterMs: Math.min(retryAfterMs, 3_600_000),
        });
      }
      expect(fixture.provider.refreshes).toBe(1);
    },
  );
});

describe('a refresh that fails until an administrator corrects the connector', () => {
  it('is reported to every user whose call fails, until a refresh succeeds', async () => {
    const process = fixture.process();
    const ben = { connector, profileUid: 'u_ben' };
    await connect(process);
    const client = fixture.provider.client();
    const grant = fixture.provider.authorize();
    await process.grants.saveGrant({ connector, client, profileUid: 'u_ben', grant });
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.before = async () => {
      throw new OAuthError('invalid_scope', 'misconfigured', 'No.', { status: 400 });
    };
    // Because the circuit is open, no request is sent for the second user.
    for (const user of [ana, ben]) {
      await expect(process.tokens.getToken(user)).rejects.toMatchObject({
        code: 'request_rejected',
      });
      const view = (await process.connections.ofUser(user.profileUid, [connector])).get(
        connector.id,
      );
      expect(view).toMatchObject({ status: 'connected', lastError: { code: 'request_rejected' } });
    }
    expect(fixture.provider.refreshes).toBe(1);
    fixture.provider.before = async () => undefined;
    await fixture.clock.advance(60_000);
    await process.tokens.getToken(ben);
    const view = (await process.connections.ofUser('u_ben', [connector])).get(connector.id);
    expect(view).toMatchObject({ status: 'connected', lastError: undefined });
  });
});

describe('other writes to a grant whose refresh fails', () => {
  it('keep the pause that the provider has requested', async () => {
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.before = async () => {
      await touch();
      throw new OAuthError('rate_limited', 'transient', 'Later.', {
        status: 429,
        retryAfterMs: 60_000,
      });
    };
    for (let i = 0; i < 3; i += 1) {
      await expect(process.tokens.getToken(ana)).rejects.toMatchObject({ code: 'rate_limited' });
    }
    expect(fixture.provider.refreshes).toBe(1);
    const view = (await process.connections.ofUser('u_ana', [connector])).get(connector.id);
    expect(view?.lastError).toMatchObject({ code: 'rate_limited' });
  });

  it('G97: the pause is ignored when a clock that is two hours ahead has written it', async () => {
    const ahead = new ManualClock(new Date(fixture.clock.now() + 2 * HOUR_MS));
    const process = fixture.process();
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    await ahead.advance(HOUR_MS);
    fixture.provider.before = async () => {
      throw new OAuthError('provider_unavailable', 'transient', 'Later.');
    };
    const wrong = fixture.process({ clock: ahead });
    await expect(wrong.tokens.getToken(ana)).rejects.toMatchObject({
      code: 'provider_unavailable',
    });
    fixture.provider.before = async () => undefined;
    expect(await process.tokens.getToken(ana)).toBeDefined();
    expect(fixture.provider.refreshes).toBe(2);
  });

  /**
   * Writes the documents again without a change, as a key rotation or the update of the last use
   * does.
   */
  async function touch(): Promise<void> {
    for await (const rows of fixture.repository.iterate({ type: 'user_connector_token' })) {
      for (const { type, id } of rows) {
        const lastUsedAt = new Date(fixture.clock.now()).toISOString();
        await fixture.repository.update(type, id, { lastUsedAt });
      }
    }
  }
});
