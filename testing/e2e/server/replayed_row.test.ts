import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
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
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { letTokenExpire } from '../support/expired_token.ts';
import { copyRow } from '../support/replayed_row.ts';

const CALLERS = 20;

onEachStore((store) => {
  let environment: Installation;
  let first: ServerProcess;
  let second: ServerProcess;
  beforeAll(async () => {
    environment = await twoUsers({ store, processes: 2 });
    const [one, other = one] = environment.servers;
    [first, second] = [one, other];
  });
  afterAll(stopEverything);

  /** Copies Ana's grant with an expired token before its refresh token is spent. */
  async function aSpentRow() {
    const { admin, ana, providers } = environment;
    const { strict } = providers;
    const { revocationEndpoint: revocationUrl } = strict;
    const body = strictFiles(providers, { revocationUrl });
    const connector = await createConnector(admin, first, body);
    await ana.connect(first, connector);
    await letTokenExpire(strict, ana, { server: first, connector });
    const row = await copyRow(environment, connector);
    strict.clearRequests();
    expect(strictOwner(await ana.execute(first, connector, listStrictFiles))).toBe(
      'ana@example.com',
    );
    const [spent] = strict.tokenRequests().map(({ tokenHash }) => tokenHash);
    strict.clearRequests();
    return { connector, row, spent };
  }

  const callers = (connector: string) =>
    Promise.all(
      Array.from({ length: CALLERS }, (_, index) =>
        environment.ana.execute(index % 2 === 0 ? first : second, connector, listStrictFiles),
      ),
    );
  const presented = () =>
    environment.providers.strict
      .tokenRequests({ grantType: 'refresh_token' })
      .map(({ tokenHash, error }) => ({ tokenHash, error }));

  async function expectTruthfulStatus(connector: string): Promise<void> {
    for (const server of [first, second]) {
      expect(await environment.ana.status(server, connector)).toMatchObject({
        connection_status: 'needs_reauth',
        last_error: { code: 'token_revoked' },
      });
    }
  }

  describe('an older row of a grant, restored in the database', () => {
    it('D56: causes one request with its refresh token by all processes together, and then requires authorization', async () => {
      const { ana } = environment;
      const { connector, row, spent } = await aSpentRow();
      await row.restore();
      for (const response of await callers(connector)) {
        expect(response).toMatchObject({
          status: 'error',
          retry: false,
          errorSource: 'user',
          authorization_reason: 'token_revoked',
        });
      }
      const once = [{ tokenHash: spent, error: 'invalid_grant' }];
      expect(presented()).toEqual(once);
      await expectTruthfulStatus(connector);
      await callers(connector);
      expect(presented()).toEqual(once);
      expect((await ana.connect(first, connector)).status).toBe(200);
      const responses = await callers(connector);
      expect(new Set(responses.map(strictOwner))).toEqual(new Set(['ana@example.com']));
    });

    it('D56: overwrites nothing newer that another process stores while the older token is presented', async () => {
      const { ana, providers } = environment;
      const { connector, row, spent } = await aSpentRow();
      await row.restore();
      const refresh = { endpoint: 'token', grantType: 'refresh_token' } as const;
      const hold = providers.strict.holdNext({ ...refresh, when: 'before_acting' });
      const heldCall = ana.execute(first, connector, listStrictFiles);
      heldCall.catch(() => undefined);
      await waitUntil('the held token call', () => hold.isHolding);
      // Strict servers end a grant with all its tokens when an old one is presented. The grant has
      // ended, so Ana authorizes again.
      providers.strict.revokeGrant('ana');
      const { authorizationUrl } = await ana.startFlow(second, connector);
      const { pathname, search } = await ana.consent(first, authorizationUrl);
      const path = `${pathname}${search}`;
      expect((await ana.call(second, { method: 'GET', path })).status).toBe(200);
      const newer = await copyRow(environment, connector);
      hold.release();
      expect(strictOwner(await heldCall)).toBe('ana@example.com');
      expect(presented()).toEqual([{ tokenHash: spent, error: 'invalid_grant' }]);
      for (const server of [first, second]) {
        expect(strictOwner(await ana.execute(server, connector, listStrictFiles))).toBe(
          'ana@example.com',
        );
        expect(await ana.status(server, connector)).toMatchObject({
          connection_status: 'connected',
        });
      }
      expect((await copyRow(environment, connector)).tokens).toEqual(newer.tokens);
    });

    it('D56: restores no access for a user who has disconnected, and does not look connected after one attempt', async () => {
      const { ana, providers } = environment;
      const { connector, row } = await aSpentRow();
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      await waitUntil('the revocation', () => !providers.strict.isGrantAlive('ana'));
      await row.restore();
      for (const response of await callers(connector)) {
        expect(response).toMatchObject({ status: 'error', authorization_reason: 'token_revoked' });
      }
      expect(presented().length).toBeLessThanOrEqual(1);
      await expectTruthfulStatus(connector);
    });
  });
});
