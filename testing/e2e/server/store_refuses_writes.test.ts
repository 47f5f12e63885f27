import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createConnector,
  type Installation,
  listStrictFiles,
  type ServerProcess,
  stopEverything,
  strictFiles,
  strictOwner,
  twoUsers,
  waitUntil,
  within,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { letTokenExpire } from '../support/expired_token.ts';

const CALLERS = 20;
/** The maximum backoff between two attempts to save, plus the delay of busy machines. */
const SAVED_WITHIN_MS = 15_000;

onEachStore((store) => {
  let environment: Installation;
  let first: ServerProcess;
  let second: ServerProcess;
  let allowWrites: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    environment = await twoUsers({ store, processes: 2 });
    const [one, other = one] = environment.servers;
    [first, second] = [one, other];
  });
  afterEach(async () => {
    await allowWrites?.();
    allowWrites = undefined;
    environment.providers.strict.clearFaults();
    environment.providers.strict.clearRequests();
  });
  afterAll(stopEverything);

  /** A new connector for which Ana has an expired token. */
  async function anExpiredGrant(): Promise<string> {
    const { admin, ana, providers } = environment;
    const connector = await createConnector(admin, first, strictFiles(providers));
    await ana.connect(first, connector);
    await letTokenExpire(providers.strict, ana, { server: first, connector });
    providers.strict.clearRequests();
    return connector;
  }

  const statusOf = async (server: ServerProcess) => {
    const response = await environment.admin.call(server, { method: 'GET', path: '/api/status' });
    return { status: response.status, text: response.text };
  };

  const untilAvailable = (server: ServerProcess) =>
    waitUntil('an available server', async () => (await statusOf(server)).status === 200);

  describe.each(store.refusals)('when the store $when', ({ refuse, advice }) => {
    it('G90: spends no token, asks no user to authorize, and recovers automatically', async () => {
      const { ana, providers } = environment;
      const connector = await anExpiredGrant();
      allowWrites = await refuse(environment);
      const [created] = await Promise.all([
        environment.admin.call(first, {
          method: 'POST',
          path: '/api/actions/connector',
          body: strictFiles(providers),
        }),
        ...[first, second].map((server) => hasTemporaryError(server, connector, advice)),
      ]);
      expect(created.status).toBe(503);
      expect(Number(created.headers['retry-after'])).toBeGreaterThan(0);
      expect(providers.strict.tokenRequests()).toEqual([]);

      await allowWrites();
      allowWrites = undefined;
      await untilAvailable(first);
      await untilAvailable(second);
      expect(strictOwner(await ana.execute(second, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
      expect(providers.strict.tokenRequests()).toHaveLength(1);
    });

    it('G90: keeps and serves tokens that it cannot save, logs an alarm, and saves them later', async () => {
      const { ana, providers } = environment;
      const { strict } = providers;
      const connector = await anExpiredGrant();
      const alarms = await alarmsOf(first);
      // The tokens are spent at the provider, and the response has not arrived when the store
      // begins to refuse.
      const response = strict.holdNext({ endpoint: 'token', when: 'after_acting' });
      const begun = ana.execute(first, connector, listStrictFiles);
      await waitUntil('the token call', () => response.isHolding);
      allowWrites = await refuse(environment);
      response.release();
      expect(strictOwner(await begun)).toBe('ana@example.com');
      const served = await Promise.all(
        Array.from({ length: CALLERS }, () => ana.execute(first, connector, listStrictFiles)),
      );
      expect(new Set(served.map(strictOwner))).toEqual(new Set(['ana@example.com']));
      expect(await alarmsOf(first)).toBe(alarms + 1);
      await first.waitForOutput(`Fresh tokens of connector [${connector}] could not be stored`);

      await allowWrites();
      allowWrites = undefined;
      await within('the saving', SAVED_WITHIN_MS, untilSaved(connector));
      // The tokens were really saved: the process that held them is not needed any more.
      const late = await ana.execute(second, connector, listStrictFiles);
      expect(strictOwner(late)).toBe('ana@example.com');
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
      expect(strict.isGrantAlive('ana')).toBe(true);
      await letTokenExpire(strict, ana, { server: second, connector });
      expect(strictOwner(await ana.execute(second, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
    });
  });

  async function hasTemporaryError(
    server: ServerProcess,
    connector: string,
    advice: RegExp,
  ): Promise<void> {
    const { ana } = environment;
    const refused = await ana.execute(server, connector, listStrictFiles);
    expect(refused).toEqual({
      connector_id: connector,
      status: 'error',
      message: 'an error occurred while running the action',
      service_message: expect.stringMatching(/nobody needs to authorize again/i),
      retry: true,
      errorSource: 'framework',
    });
    // Documents written earlier can still be read, and the status is unchanged.
    expect(await ana.status(server, connector)).toMatchObject({
      user_auth_status: 'connected',
      connection_status: expect.not.stringMatching(/needs_reauth/),
    });
    const { status, text } = await statusOf(server);
    expect(status).toBe(503);
    expect(text).toMatch(advice);
  }

  const untilSaved = (connector: string) =>
    waitUntil('saved tokens', async () => {
      const status = await environment.ana.status(second, connector);
      return Date.parse(String(status?.expires_at)) > Date.now();
    });

  /** Number of failed attempts of this process to save new tokens. */
  async function alarmsOf(server: ServerProcess): Promise<number> {
    const { text } = await environment.admin.call(server, { method: 'GET', path: '/metrics' });
    const line = /^latchkey_grant_events_total\{event="refresh_unsaved"\} (\d+)$/m.exec(text);
    return Number(line?.[1] ?? 0);
  }
});
