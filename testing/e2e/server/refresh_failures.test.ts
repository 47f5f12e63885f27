import { setTimeout as sleep } from 'node:timers/promises';
import { waitUntil } from '@latchkey/core/server/wait_until';
import { listStrictFiles, strictFiles, strictOwner, within } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterEach, describe, expect, it } from 'vitest';
import { failed, listFilesAtOnce, mustAuthorize } from '../support/executions.ts';
import { connectWithExpiredToken } from '../support/expired_token.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

/**
 * Faults of the provider. The store does not notice which of them occurs, so the tests on the
 * second store use only one of them.
 */
const PROVIDER_FAULTS = [
  { what: '429', fault: { kind: 'status', status: 429 } },
  { what: '500', fault: { kind: 'status', status: 500 } },
  { what: 'a cut connection', fault: { kind: 'drop' } },
  {
    what: 'temporarily_unavailable',
    fault: { kind: 'oauth_error', error: 'temporarily_unavailable', status: 503 },
  },
] as const;

/**
 * Lifetime of an access token that leaves some seconds, even on busy machines, in which a refresh
 * is due and the token still works.
 */
const SHORT_LIFE_SECONDS = 24;
/**
 * Time limit for responses. Only the provider that hangs takes this long, even on a busy machine.
 */
const RESPONSE_TIMEOUT = '15s';
/** The provider counts in whole seconds, so it may end a token this much earlier. */
const ROUNDING_MS = 1_000;
/** Number of tokens with which a test tries to observe one before its end. */
const MAX_TRIES = 10;
/** Time limit that ends only a test that hangs. */
const TIMEOUT_MS = 120_000;

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    settings: { 'xpack.actions.responseTimeout': RESPONSE_TIMEOUT },
  });
  afterEach(() => {
    environment.strict.clearFaults();
    environment.strict.clearRequests();
  });

  /**
   * Creates a connector for which Ana has an access token that works for a few more seconds and
   * whose refresh is due.
   */
  async function aTokenNearItsEnd(): Promise<{ connector: string; expiresAt: number }> {
    const { ana, strict, first } = environment;
    const connector = await connectWithExpiredToken(environment);
    strict.settings.accessTokenTtlSeconds = SHORT_LIFE_SECONDS;
    expect(await anasFiles(connector)).toBe('ana@example.com');
    strict.settings.accessTokenTtlSeconds = 3600;
    const status = await ana.status(first, connector);
    const expiresAt = Date.parse(String(status?.expires_at));
    // A refresh is due in the last quarter of the lifetime.
    await sleep(expiresAt - (SHORT_LIFE_SECONDS * 1000) / 4 + 200 - Date.now());
    strict.clearRequests();
    return { connector, expiresAt };
  }

  /**
   * Observes a token of {@link aTokenNearItsEnd} before its end. Begins again with another token
   * when the machine is so busy that the token ends meanwhile.
   */
  async function beforeTheEnd<T>(observe: (connector: string) => Promise<T>) {
    for (let tries = 1; ; tries += 1) {
      const { connector, expiresAt } = await aTokenNearItsEnd();
      const observed = await observe(connector);
      const isBeforeTheEnd = Date.now() < expiresAt - ROUNDING_MS;
      if (isBeforeTheEnd || tries === MAX_TRIES) return { connector, expiresAt, observed };
      environment.strict.clearFaults();
    }
  }

  const anasFiles = async (connector: string) => strictOwner(await executeAsAna(connector));
  const executeAsAna = (connector: string) =>
    environment.ana.execute(environment.first, connector, listStrictFiles);

  describe('the server, when a provider fails,', () => {
    it('G91: asks the caller to retry at the time that the provider named, and asks no user to authorize', async () => {
      const connector = await connectWithExpiredToken(environment);
      const { strict, ana, first } = environment;
      const fault = { kind: 'status', status: 503, retryAfterSeconds: 2 } as const;
      strict.failNext({ endpoint: 'token', times: 10, fault });
      const before = Date.now();
      const refused = await executeAsAna(connector);
      expect(refused).toEqual(
        failed(connector, {
          service_message: expect.stringMatching(/nobody needs to authorize again/i),
          retry: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          errorSource: 'framework',
        }),
      );
      expect(Date.parse(String(refused.retry))).toBeGreaterThanOrEqual(before + 2_000);
      expect(await ana.status(first, connector)).toMatchObject({
        user_auth_status: 'connected',
        connection_status: 'refresh_failing',
      });
      // Before that time the server does not call the provider. A busy machine may make this call
      // only after that time.
      const again = await executeAsAna(connector);
      expect(again.status).toBe('error');
      const retryAt = Date.parse(String(refused.retry));
      expect(strict.tokenRequests().filter(({ at }) => at.getTime() < retryAt)).toHaveLength(1);

      strict.clearFaults();
      await sleep(Math.max(0, Date.parse(String(again.retry)) - Date.now()));
      expect(await anasFiles(connector)).toBe('ana@example.com');
      expect(await ana.connectionStatus(first, connector)).toBe('connected');
    });

    it.each(store.name === 'SQLite' ? PROVIDER_FAULTS : PROVIDER_FAULTS.slice(0, 1))(
      'G91: treats $what at the token endpoint as temporary',
      async ({ fault }) => {
        const connector = await connectWithExpiredToken(environment);
        environment.strict.failNext({ endpoint: 'token', fault });
        const refused = await executeAsAna(connector);
        expect(refused).toMatchObject({ status: 'error', errorSource: 'framework' });
        expect(refused.authorization_reason).toBeUndefined();
        const retryAt = Date.parse(String(refused.retry));
        expect(retryAt).toBeGreaterThan(0);
        await sleep(Math.max(0, retryAt - Date.now()));
        expect(await anasFiles(connector)).toBe('ana@example.com');
      },
    );

    it('G91: keeps serving a valid token while its early refresh fails', async () => {
      const { strict } = environment;
      const { observed } = await beforeTheEnd(async (connector) => {
        // The provider sets the time of the next attempt: the server's own backoff could end
        // between the two calls on a busy machine.
        const fault = { kind: 'status', status: 503, retryAfterSeconds: 60 } as const;
        strict.failNext({ endpoint: 'token', times: 10, fault });
        return {
          responses: [await executeAsAna(connector), await executeAsAna(connector)],
          requests: strict.tokenRequests().length,
        };
      });
      expect(observed.responses.map(strictOwner)).toEqual(['ana@example.com', 'ana@example.com']);
      expect(observed.requests).toBe(1);
      expect(strict.isGrantAlive('ana')).toBe(true);
    });

    it('G99: keeps serving the token when an early refresh is refused, and refreshes it after it expires', async () => {
      const { ana, strict, first } = environment;
      const outcomes = () => strict.tokenRequests().map(({ error = 'renewed' }) => error);
      const { connector, expiresAt, observed } = await beforeTheEnd(async (id) => {
        const fault = { kind: 'oauth_error', error: 'invalid_grant' } as const;
        strict.failNext({ endpoint: 'token', times: 10, fault });
        return {
          responses: [await executeAsAna(id), await executeAsAna(id)],
          outcomes: outcomes(),
          status: await ana.status(first, id),
        };
      });
      expect(observed.responses.map(strictOwner)).toEqual(['ana@example.com', 'ana@example.com']);
      expect(observed.outcomes).toEqual(['invalid_grant']);
      expect(observed.status).toMatchObject({
        user_auth_status: 'connected',
        connection_status: expect.not.stringMatching(/needs_reauth/),
      });

      strict.clearFaults();
      await waitUntil('the expiry of the token', () => Date.now() > expiresAt);
      expect(await anasFiles(connector)).toBe('ana@example.com');
      expect(outcomes()).toEqual(['invalid_grant', 'renewed']);
      expect(await ana.connectionStatus(first, connector)).toBe('connected');
    });

    it('G105, G106: gives up on a provider that hangs, lets the next caller continue, and does not delay other users', async () => {
      const { ana, ben, strict, first } = environment;
      const connector = await connectWithExpiredToken(environment);
      await ben.connect(first, connector);
      strict.clearRequests();
      strict.failNext({ endpoint: 'token', fault: { kind: 'hang' } });

      let anaIsDone = false;
      const calls = listFilesAtOnce(ana, [first], { connector, count: 20 });
      const waiting = within('a call during a hung refresh', TIMEOUT_MS, calls).finally(() => {
        anaIsDone = true;
      });
      await waitUntil('the hung token call', () => strict.tokenRequests().length === 1);
      let bensCalls = 0;
      const bens = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const response = await ben.execute(first, connector, listStrictFiles);
          if (!anaIsDone) bensCalls += 1;
          return response;
        }),
      );
      expect(new Set(bens.map(strictOwner))).toEqual(new Set(['ben@example.com']));
      // The number of these calls depends on the machine. It would be 0 if they had waited for
      // Ana's refresh.
      expect(bensCalls).toBeGreaterThan(0);

      const refused = await waiting;
      for (const response of refused) {
        expect(response).toMatchObject({ status: 'error', errorSource: 'framework' });
      }
      await sleep(Math.max(0, Date.parse(String(refused[0]?.retry)) - Date.now()));
      expect(await anasFiles(connector)).toBe('ana@example.com');
      expect(await ana.connectionStatus(first, connector)).toBe('connected');
    });
  });

  describe('the server, when the provider refuses a grant or a client,', () => {
    it('G92: notifies the administrator of a refused client, asks no user to authorize, and stops calling the provider', async () => {
      const { admin, ana, strict, first } = environment;
      const connector = await connectWithExpiredToken(environment);
      strict.failNext({
        endpoint: 'token',
        times: 10,
        fault: { kind: 'oauth_error', error: 'invalid_client', status: 401 },
      });
      for (let call = 0; call < 3; call += 1) {
        const refused = await executeAsAna(connector);
        expect(refused).toEqual(
          failed(connector, {
            service_message: expect.stringMatching(/administrator/i),
            retry: false,
            errorSource: 'user',
          }),
        );
      }
      expect(strict.tokenRequests()).toHaveLength(1);
      expect(await ana.status(first, connector)).not.toMatchObject({
        connection_status: 'needs_reauth',
      });
      expect(await ana.status(first, connector)).toMatchObject({ next_step: 'ask_administrator' });
      const path = `/api/actions/connector/${connector}`;
      expect(await admin.json(first, `GET ${path}`)).toMatchObject({
        oauth_problem: { code: 'client_rejected', since: expect.any(String) },
      });

      // When the administrator has corrected the client, no user has to authorize again.
      strict.clearFaults();
      const { name, config, secrets } = strictFiles(environment);
      await admin.json(first, `PUT ${path}`, { name: `${name}, repaired`, config, secrets });
      expect(await ana.status(first, connector)).toMatchObject({ next_step: 'none' });
      expect(await anasFiles(connector)).toBe('ana@example.com');
      expect(await admin.json(first, `GET ${path}`)).not.toHaveProperty('oauth_problem');
    });

    it('H113: asks the user to authorize when the user removed the grant at the provider, and connects the user again', async () => {
      const { ana, strict, first } = environment;
      const connector = await connectWithExpiredToken(environment);
      strict.revokeGrant('ana');
      for (let call = 0; call < 3; call += 1) {
        const refused = await executeAsAna(connector);
        expect(refused).toEqual(
          failed(connector, {
            service_message: expect.any(String),
            ...mustAuthorize('token_revoked'),
          }),
        );
      }
      expect(strict.tokenRequests()).toHaveLength(1);
      expect(await ana.status(first, connector)).toMatchObject({
        user_auth_status: 'not_connected',
        connection_status: 'needs_reauth',
      });
      expect((await ana.connect(first, connector)).status).toBe(200);
      expect(await anasFiles(connector)).toBe('ana@example.com');
    });
  });
});
