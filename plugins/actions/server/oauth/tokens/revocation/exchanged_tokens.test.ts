import { dialectOf, type OAuthClientConfiguration } from '@latchkey/oauth-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderClient } from '../../strategies/index.ts';
import { grantId } from '../grants/grant_key.ts';
import { aConnector } from '../rotating_provider.mock.ts';
import {
  createTokenFixture,
  type ProcessOptions,
  refusingWrites,
  type TokenFixture,
} from '../tokens.mock.ts';
import type { Revocation } from './pending_grants.ts';
import {
  OAUTH_REVOCATION_TYPE,
  type RevocationAttributes,
  type WaitingToken,
} from './revocation_type.ts';

const MINUTE_MS = 60_000;
const key = { scope: 'per-user', connectorId: 'connector-1', profileUid: 'u_ana' } as const;
const configuration: OAuthClientConfiguration = {
  dialect: 'standard',
  authorizationEndpoint: 'https://idp.example.com/authorize',
  tokenEndpoint: 'https://idp.example.com/token',
  revocationEndpoint: 'https://idp.example.com/revoke',
  clientId: 'client-1',
  tokenEndpointAuthMethod: 'none',
  provider: {
    revocation: {
      url: 'https://idp.example.com/revoke',
      tokens: ['access_token'],
      ends: 'grant',
    },
  },
};
const revocation: Revocation = {
  key,
  generation: 'g-1',
  configuration,
  tokens: [{ token: 'rt-1', kind: 'refresh_token' }],
};

/** A provider with one grant, single-use refresh tokens, and revocation by access token only. */
class ExchangingProvider {
  /** Number of the refresh token that is valid. */
  current = 1;
  isGrantValid = true;
  /** Requests and the tokens in them, in order. */
  readonly seen: string[] = [];
  tokenStatus = 200;
  revocationStatus = 200;

  respond(path: string, fields: URLSearchParams): Response {
    const token = fields.get('refresh_token') ?? fields.get('token') ?? '';
    this.seen.push(`${path} ${token}`);
    return path === '/token' ? this.#exchange(token) : this.#revoke(token);
  }

  #exchange(token: string): Response {
    if (this.tokenStatus !== 200) return new Response(null, { status: this.tokenStatus });
    if (!this.isGrantValid || token !== `rt-${this.current}`)
      return Response.json({ error: 'invalid_grant' }, { status: 400 });
    this.current += 1;
    return Response.json({
      access_token: `at-${this.current}`,
      refresh_token: `rt-${this.current}`,
      token_type: 'bearer',
    });
  }

  #revoke(token: string): Response {
    if (this.revocationStatus === 200 && token.startsWith('at-')) this.isGrantValid = false;
    return new Response(null, { status: this.revocationStatus });
  }
}

let refusesWrite: () => boolean;
let fixture: TokenFixture;
let provider: ExchangingProvider;
beforeEach(async () => {
  refusesWrite = () => false;
  provider = new ExchangingProvider();
  fixture = await createTokenFixture({
    wrapStore: (store) => refusingWrites(store, () => refusesWrite()),
  });
});
afterEach(() => fixture.close());

/**
 * Creates the outbox of a process.
 * @param afterResponse called when the provider has responded; the process receives the response
 * afterwards
 */
function outboxOf(
  afterResponse: (path: string) => Promise<void> = async () => undefined,
  options: ProcessOptions = {},
) {
  const revoke: ProviderClient['revoke'] = (token, hint, options) =>
    dialectOf(configuration).revoke(
      { token, hint },
      {
        fetch: async (url, init) => {
          const { pathname } = new URL(url);
          const response = provider.respond(pathname, new URLSearchParams(String(init?.body)));
          await afterResponse(pathname);
          return response;
        },
        now: () => new Date(fixture.clock.now()),
        ...options,
      },
    );
  return fixture.process({ ...options, client: { ...options.client, revoke } }).outbox;
}

/** Starts an attempt, and lets its process end when it has sent a request to `path`. */
async function attemptUntil(path: string): Promise<void> {
  await new Promise<void>((resolve) => {
    const outbox = outboxOf((sentTo) => {
      if (sentTo !== path) return Promise.resolve();
      resolve();
      return new Promise(() => undefined);
    });
    void outbox.attempt(key);
  });
}

async function waitingTokens(): Promise<readonly WaitingToken[]> {
  const options = { decrypt: true };
  const entry = await fixture.repository.getIfExists<RevocationAttributes>(
    OAUTH_REVOCATION_TYPE,
    grantId(key),
    options,
  );
  return entry?.attributes.pending.flatMap(({ tokens }) => tokens) ?? [];
}
const waiting = async () => (await waitingTokens()).map(({ token }) => token);
const failures = async () => (await outboxOf().failuresOfUser(key.profileUid)).get('connector-1');

describe('a refresh token that is exchanged before its grant can be revoked', () => {
  beforeEach(() => outboxOf().put(revocation));

  it('is replaced by the issued tokens before the revocation request, so that the next process revokes them', async () => {
    await attemptUntil('/revoke');
    expect(await waiting()).toEqual(['rt-2', 'at-2']);
    provider.isGrantValid = true;
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('revoked');
    expect(provider.isGrantValid).toBe(false);
    expect(provider.seen.slice(2)).toEqual(['/token rt-2', '/revoke at-3']);
    expect(await waitingTokens()).toEqual([]);
    expect(await failures()).toBeUndefined();
  });

  it('is reported as failed when its exchange began and the issued tokens were never stored', async () => {
    await attemptUntil('/token');
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('given_up');
    expect(provider.isGrantValid).toBe(true);
    expect(await failures()).toMatchObject({ count: 1 });
  });

  it('is revoked when its exchange began but did not reach the provider', async () => {
    await attemptUntil('/token');
    provider.current = 1;
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('revoked');
    expect(provider.isGrantValid).toBe(false);
  });

  it('is reported as failed even if the provider was unavailable between the exchange without a result and the next attempt', async () => {
    await attemptUntil('/token');
    provider.tokenStatus = 503;
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('waiting');
    provider.tokenStatus = 200;
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('given_up');
  });

  it('is not sent by another process while its exchange may be running', async () => {
    await attemptUntil('/token');
    await fixture.clock.advance(MINUTE_MS);
    const other = outboxOf();
    expect(await other.attempt(key, undefined, { evenIfNotDue: true })).toBeUndefined();
    expect(provider.seen).toEqual(['/token rt-1']);
  });

  it('is sent again after an exchange that the provider refused without issuing tokens', async () => {
    provider.tokenStatus = 503;
    expect(await outboxOf().attempt(key)).toBe('waiting');
    expect(await waitingTokens()).toEqual(revocation.tokens);
    provider.tokenStatus = 200;
    provider.isGrantValid = false;
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('revoked');
  });

  it('leaves one access token in the entry however often the revocation fails', async () => {
    provider.revocationStatus = 503;
    for (const current of [2, 3, 4]) {
      expect(await outboxOf().attempt(key)).toBe('waiting');
      expect(await waiting()).toEqual([`rt-${current}`, `at-${current}`]);
      await fixture.clock.advance(60 * MINUTE_MS);
    }
    provider.revocationStatus = 200;
    expect(await outboxOf().attempt(key)).toBe('revoked');
    expect(await waitingTokens()).toEqual([]);
  });

  it('is replaced even if another process adds a grant meanwhile', async () => {
    provider.revocationStatus = 503;
    const outbox = outboxOf(async (path) => {
      const tokens = [{ token: 'rt-9', kind: 'refresh_token' as const }];
      if (path === '/token') await outboxOf().put({ ...revocation, generation: 'g-2', tokens });
    });
    expect(await outbox.attempt(key)).toBe('waiting');
    expect(await waiting()).toEqual(['rt-9', 'rt-2', 'at-2']);
  });

  it('keeps the state of its exchange when the same tokens are added again', async () => {
    await attemptUntil('/token');
    await outboxOf().put(revocation);
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('given_up');
  });

  it('is counted once as failed when issued tokens were exchanged again without a result', async () => {
    const spent = outboxOf((path) =>
      path === '/revoke' ? Promise.reject(new Error('lost')) : Promise.resolve(),
    );
    expect(await spent.attempt(key)).toBe('waiting');
    provider.isGrantValid = true;
    await fixture.clock.advance(60 * MINUTE_MS);
    await attemptUntil('/token');
    await fixture.clock.advance(60 * MINUTE_MS);
    expect(await outboxOf().attempt(key)).toBe('given_up');
    expect(await failures()).toMatchObject({ count: 1 });
  });

  it('is not exchanged when the store does not accept the mark of the exchange', async () => {
    let writes = 0;
    refusesWrite = () => {
      writes += 1;
      return writes > 1;
    };
    await expect(outboxOf().attempt(key)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(writes).toBe(2);
    expect(provider.seen).toEqual([]);
  });

  it('is exchanged and the grant revoked when the store does not accept the issued tokens', async () => {
    const outbox = outboxOf(async (path) => {
      refusesWrite = () => path === '/token';
    });
    expect(await outbox.attempt(key)).toBe('revoked');
    expect(provider.isGrantValid).toBe(false);
    expect(await waitingTokens()).toEqual([]);
  });
});

describe('at a provider that ends all grants of an account together', () => {
  const endsAll: OAuthClientConfiguration = {
    ...configuration,
    provider: {
      revocation: {
        url: 'https://idp.example.com/revoke',
        tokens: ['access_token'],
        ends: 'all_grants',
      },
    },
  };
  const account = { id: 'ana', label: 'ana' };
  const connector = aConnector();
  const at: ProcessOptions = { connector, client: { configuration: endsAll } };
  const authorizeAgain = () =>
    fixture.process(at).grants.saveGrant({
      connector,
      client: fixture.provider.client(at.client),
      profileUid: key.profileUid,
      grant: fixture.provider.authorize({ account }),
    });
  const keptTokens = async () => {
    const record = await fixture.process(at).store.read(key);
    const superseded = record?.supersededGrants ?? [];
    return superseded.flatMap(({ tokens }) => tokens.map(({ token }) => token));
  };

  it.each([
    ['are stored', false],
    ['cannot be stored', true],
  ])(
    'issued tokens that %s are kept with the grant that the user authorizes during the exchange',
    async (_what, isRefused) => {
      await outboxOf().put({ ...revocation, configuration: endsAll, accountId: account.id });
      const outbox = outboxOf(async (path) => {
        if (path !== '/token') return;
        await authorizeAgain();
        let isFirst = isRefused;
        refusesWrite = () => {
          const isRefusedNow = isFirst;
          isFirst = false;
          return isRefusedNow;
        };
      }, at);
      expect(await outbox.attempt(key)).toBe('revoked');
      expect(provider.seen).toEqual(['/token rt-1']);
      expect(await keptTokens()).toEqual(['rt-2', 'at-2']);
    },
  );
});
