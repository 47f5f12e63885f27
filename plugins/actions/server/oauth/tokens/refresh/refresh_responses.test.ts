import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { OAuthError } from '@latchkey/oauth-client';
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

/** A client whose provider rotates, and whose answer is then of no use: it holds a token of another type, or none that can be sent. */
function respondingUselessly(failure: (rotated: string | undefined) => OAuthError) {
  const strict = fixture.provider.client();
  let isUseless = true;
  const client = {
    refresh: async (token: string, signal: AbortSignal) => {
      const grant = await strict.refresh(token, signal);
      if (!isUseless) return grant;
      isUseless = false;
      throw failure(grant.refreshToken);
    },
  };
  return { client };
}

describe('answers that bring a refresh token and nothing else of use', () => {
  it('G96: keeps the rotated refresh token of an answer with an unknown token type', async () => {
    const process = fixture.process(
      respondingUselessly(
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
    // Half a minute later the provider may be asked again; an administrator has put it right.
    await fixture.clock.advance(60_000);
    await process.tokens.getToken(ana);
    expect(fixture.provider.reuseDetected).toBe(0);
  });

  it('keeps the rotated refresh token of an answer whose access token cannot be sent', async () => {
    const process = fixture.process(
      respondingUselessly(
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

  it('saves tokens without what is said about them when the store takes them only so', async () => {
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

describe('a refresh token that came alone', () => {
  const useless = (rotatedRefreshToken: string | undefined) =>
    new OAuthError('malformed_response', 'transient', 'No usable token.', {
      status: 200,
      issuedTokens: { accessToken: undefined, refreshToken: rotatedRefreshToken },
    });

  it('G90: is offered to a store that is away until it takes it', async () => {
    const process = fixture.process(respondingUselessly(useless));
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

  it('G103: is revoked when its grant was ended meanwhile', async () => {
    const process = fixture.process({ ...respondingUselessly(useless), connector });
    await connect(process);
    await fixture.clock.advance(HOUR_MS);
    fixture.provider.after = async () => {
      await process.grants.revokeGrantOf({
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
    'names the time of the next attempt after a Retry-After of %d ms',
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

describe('a refresh that only an administrator can repair', () => {
  it('is shown to every user whose call fails, until a refresh succeeds', async () => {
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
    // The second user is refused by the circuit, without a call.
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

describe('writes of others while a refresh fails', () => {
  it('keeps the pause that the provider asked for when the last use was written meanwhile', async () => {
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

  /** What a key rotation or another process' note of the last use does to the row. */
  async function touch(): Promise<void> {
    for await (const rows of fixture.repository.iterate({ type: 'user_connector_token' })) {
      for (const { type, id } of rows) {
        const lastUsedAt = new Date(fixture.clock.now()).toISOString();
        await fixture.repository.update(type, id, { lastUsedAt });
      }
    }
  }
});
