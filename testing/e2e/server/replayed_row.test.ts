import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  filesOwner,
  listStrictFiles,
  revocableStrictFiles,
  strictOwner,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { describe, expect, it } from 'vitest';
import { listFilesAtOnce, mustAuthorize } from '../support/executions.ts';
import { letTokenExpire } from '../support/expired_token.ts';
import { copyRow } from '../support/replayed_row.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const CALLERS = 20;

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });

  /**
   * Copies the row of Ana's grant with its expired access token, and then lets a refresh use up the
   * refresh token in the copy.
   */
  async function aSpentRow() {
    const { admin, ana, strict, first } = environment;
    const connector = await createConnector(admin, first, revocableStrictFiles(environment));
    await ana.connect(first, connector);
    await letTokenExpire(strict, ana, { server: first, connector });
    const row = await copyRow(environment, connector);
    strict.clearRequests();
    expect(await filesOwner(ana, first, connector)).toBe('ana@example.com');
    const [spent] = strict.tokenRequests().map(({ tokenHash }) => tokenHash);
    strict.clearRequests();
    return { connector, row, spent };
  }

  const callers = (connector: string) => {
    const { ana, first, second } = environment;
    return listFilesAtOnce(ana, [first, second], { connector, count: CALLERS });
  };
  const presented = () =>
    environment.strict
      .tokenRequests({ grantType: 'refresh_token' })
      .map(({ tokenHash, error }) => ({ tokenHash, error }));

  async function expectTruthfulStatus(connector: string): Promise<void> {
    const { ana, first, second } = environment;
    for (const server of [first, second]) {
      expect(await ana.status(server, connector)).toMatchObject({
        connection_status: 'needs_reauth',
        last_error: { code: 'token_revoked' },
      });
    }
  }

  describe('an older row of a grant that an attacker restores in the database', () => {
    it('D56: causes one request with its refresh token, however many processes use it, and then requires authorization', async () => {
      const { ana, first } = environment;
      const { connector, row, spent } = await aSpentRow();
      await row.restore();
      for (const response of await callers(connector)) {
        expect(response).toMatchObject(mustAuthorize('token_revoked'));
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

    it('D56: overwrites nothing newer that another process stores while the provider receives the older token', async () => {
      const { ana, strict, first, second } = environment;
      const { connector, row, spent } = await aSpentRow();
      await row.restore();
      const refresh = { endpoint: 'token', grantType: 'refresh_token' } as const;
      const hold = strict.holdNext({ ...refresh, when: 'before_acting' });
      const heldCall = ana.execute(first, connector, listStrictFiles);
      heldCall.catch(() => undefined);
      await waitUntil('the held token call', () => hold.isHolding);
      // Strict servers end a grant with all its tokens when they receive a refresh token that was
      // used up. The grant has ended, so Ana authorizes again.
      strict.revokeGrant('ana');
      const callback = await ana.callbackPath(second, connector, { publicServer: first });
      expect((await ana.call(second, `GET ${callback}`)).status).toBe(200);
      const newer = await copyRow(environment, connector);
      hold.release();
      expect(strictOwner(await heldCall)).toBe('ana@example.com');
      expect(presented()).toEqual([{ tokenHash: spent, error: 'invalid_grant' }]);
      for (const server of [first, second]) {
        expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
        expect(await ana.connectionStatus(server, connector)).toBe('connected');
      }
      expect((await copyRow(environment, connector)).tokens).toEqual(newer.tokens);
    });

    it('D56: gives no access to a user who has disconnected, and is not shown as connected after one attempt to use it', async () => {
      const { ana, strict, second } = environment;
      const { connector, row } = await aSpentRow();
      expect((await ana.disconnect(second, connector)).status).toBe(204);
      await waitUntil('the revocation', () => !strict.isGrantAlive('ana'));
      await row.restore();
      for (const response of await callers(connector)) {
        expect(response).toMatchObject(mustAuthorize('token_revoked'));
      }
      expect(presented().length).toBeLessThanOrEqual(1);
      await expectTruthfulStatus(connector);
    });
  });
});
