import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DocumentStore } from '@latchkey/saved-objects';
import { z } from 'zod';
import {
  createConnector,
  listStrictFiles,
  strictFiles,
  strictOwner,
} from '../support/connectors.ts';
import { letTokenExpire } from '../support/expired_token.ts';
import { type Installation, twoUsers } from '../support/installation.ts';
import { type ServerProcess, stopEverything } from '../support/start_server.ts';
import type { Separation } from '../support/store_trouble.ts';
import { documentsIn, withBareStore } from '../support/stored_documents.ts';
import { onEachStore, type Store } from '../support/stores.ts';
import type { Execution } from '../support/test_user.ts';
import { waitUntil } from '../support/wait_until.ts';

/** Longer than a lease lives without a heartbeat. */
const SLOWER_THAN_A_LEASE_MS = 12_000;
const CALLERS = 20;
const HUNG_CALL_TIMEOUT_MS = 45_000;
const GRANT_TYPE = 'user_connector_token';
/** How long the lease is watched once the stale holder knows that its call has failed. */
const LOOKS = 10;
const LOOK_EVERY_MS = 200;

/** Two processes, and connectors to the strict server. */
interface Stage {
  readonly environment: Installation;
  readonly first: ServerProcess;
  readonly second: ServerProcess;
}

async function aStage(store: Store, settings: Separation['settings'] = {}): Promise<Stage> {
  const environment = await twoUsers({ store });
  const [second] = environment.servers;
  return { environment, first: await environment.addServer(settings), second };
}

/** A connector of its own, to which Ana is connected with a token that is over. */
async function anExpiredGrant({ environment, second }: Stage): Promise<string> {
  const { admin, ana, providers } = environment;
  const connector = await createConnector(admin, second, strictFiles(providers));
  await ana.connect(second, connector);
  await letTokenExpire(providers.strict, ana, { server: second, connector });
  providers.strict.clearRequests();
  return connector;
}

const refreshes = ({ environment }: Stage) =>
  environment.providers.strict
    .tokenRequests({ grantType: 'refresh_token' })
    .map(({ error, state }) => ({ error, state }));

/** Who holds the lease on the one grant of a connector, as it is stored. */
async function leaseOwner(store: DocumentStore, connector: string): Promise<unknown> {
  const grants = await documentsIn(store, GRANT_TYPE);
  const grant = grants.find(({ attributes }) => attributes['connectorId'] === connector);
  return z.object({ owner: z.string() }).optional().parse(grant?.attributes['refresh'])?.owner;
}

/** What happened while nobody could hurry it; begun for all tests at once, as nearly all of it is waiting. */
interface Story<T> {
  readonly stage: Stage;
  readonly told: T;
}

onEachStore((store) => {
  /** G86: the token call takes longer than a lease lives. */
  let slow: Story<{ readonly responses: readonly Execution[] }>;
  /** G88: the process that holds the lease stands still, and goes on when the others have given up. */
  let stopped: Story<{ readonly refused: Execution; readonly held: Execution }>;
  /** G87: the process that holds the lease loses the store, and says so too late. */
  let stale: Story<{
    readonly taken: Execution;
    readonly late: Execution;
    /** Whose lease was stored from the taker's call on until after the stale holder's failure. */
    readonly owners: readonly unknown[];
  }>;

  beforeAll(async () => {
    [slow, stopped, stale] = await Promise.all([slowCall(), stoppedHolder(), staleHolder()]);
  });
  afterAll(stopEverything);

  async function slowCall(): Promise<typeof slow> {
    const stage = await aStage(store);
    const { environment, first, second } = stage;
    const connector = await anExpiredGrant(stage);
    environment.providers.strict.failNext({
      endpoint: 'token',
      fault: { kind: 'delay', delayMs: SLOWER_THAN_A_LEASE_MS, when: 'before_acting' },
    });
    const responses = await Promise.all(
      Array.from({ length: CALLERS }, (_, index) =>
        environment.ana.execute(index % 2 === 0 ? first : second, connector, listStrictFiles),
      ),
    );
    return { stage, told: { responses } };
  }

  async function stoppedHolder(): Promise<typeof stopped> {
    const stage = await aStage(store);
    const { environment, first, second } = stage;
    const connector = await anExpiredGrant(stage);
    const response = environment.providers.strict.holdNext({
      endpoint: 'token',
      when: 'after_acting',
    });
    const holding = environment.ana.execute(first, connector, listStrictFiles);
    await waitUntil('the token call', () => response.isHolding);
    process.kill(first.pid, 'SIGSTOP');
    response.release();
    const refused = await environment.ana.execute(second, connector, listStrictFiles);
    process.kill(first.pid, 'SIGCONT');
    return { stage, told: { refused, held: await holding } };
  }

  async function staleHolder(): Promise<typeof stale> {
    const separation = await store.separation();
    const stage = await aStage(store, separation.settings);
    const { environment, first, second } = stage;
    const connector = await anExpiredGrant(stage);
    const { strict } = environment.providers;
    strict.failNext({ endpoint: 'token', fault: { kind: 'hang' } });
    const call = strict.holdNext({ endpoint: 'token', when: 'before_acting' });
    const holding = environment.ana.execute(first, connector, listStrictFiles);
    await waitUntil('the hung token call', () => refreshes(stage).length === 1);
    await separation.cut(first);
    // Its heartbeat stands still now, so the other process takes over.
    const taking = environment.ana.execute(second, connector, listStrictFiles);
    taking.catch(() => undefined);
    await waitUntil('the call of the taker', () => call.isHolding, HUNG_CALL_TIMEOUT_MS);
    await separation.restore(first);
    // Opened once: the taker's call began a lease's life after the hung one, so there is less than that life for all looks.
    const owners = await withBareStore(environment, GRANT_TYPE, async (bare) => {
      const seen = [await leaseOwner(bare, connector)];
      await first.says(`Refresh for connector [${connector}] failed`, HUNG_CALL_TIMEOUT_MS);
      for (let look = 0; look < LOOKS; look += 1) {
        await sleep(LOOK_EVERY_MS);
        seen.push(await leaseOwner(bare, connector));
      }
      return seen;
    });
    expect(refreshes(stage)[1]?.state).toBe('pending');
    call.release();
    const taken = await taking;
    return { stage, told: { taken, late: await holding, owners } };
  }

  describe('a refresh', () => {
    it('G86: is not sent a second time while the first takes longer than a lease lives', async () => {
      const { stage, told } = slow;
      expect(new Set(told.responses.map(strictOwner))).toEqual(new Set(['ana@example.com']));
      expect(refreshes(stage)).toEqual([{ error: undefined, state: 'responded' }]);
      expect(stage.environment.providers.strict.isGrantAlive('ana')).toBe(true);
    });

    it('G88: is never made without the lease: whoever waits in vain is told to come back, and the holder goes on', async () => {
      const { stage, told } = stopped;
      expect(told.refused).toMatchObject({
        status: 'error',
        errorSource: 'framework',
        service_message: expect.stringMatching(/still refreshing/i),
      });
      expect(told.refused.retry).not.toBe(false);
      expect(told.refused.authorization_reason).toBeUndefined();
      expect(strictOwner(told.held)).toBe('ana@example.com');
      expect(refreshes(stage)).toEqual([{ error: undefined, state: 'responded' }]);
      expect(stage.environment.providers.strict.isGrantAlive('ana')).toBe(true);
    });

    it('G87: that fails while somebody else, who took over, is in their call changes nothing of theirs, their lease included', async () => {
      const { stage, told } = stale;
      const { environment, first, second } = stage;
      expect(strictOwner(told.taken)).toBe('ana@example.com');
      const [owner] = told.owners;
      expect(owner).toEqual(expect.any(String));
      expect(told.owners).toEqual(told.owners.map(() => owner));
      // The provider never acted on the hung call, so the second one was no reuse.
      expect(refreshes(stage).map(({ error }) => error)).toEqual([undefined, undefined]);
      expect(strictOwner(told.late)).toBe('ana@example.com');
      for (const server of [first, second]) {
        expect(await environment.ana.status(server, told.taken.connector_id)).toMatchObject({
          connection_status: 'connected',
        });
      }
      // The lease of the new owner ended with its refresh, and the next one is free to take.
      await letTokenExpire(environment.providers.strict, environment.ana, {
        server: second,
        connector: told.taken.connector_id,
      });
      expect(
        strictOwner(await environment.ana.execute(first, told.taken.connector_id, listStrictFiles)),
      ).toBe('ana@example.com');
    });
  });
});
