import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DocumentStore } from '@latchkey/saved-objects';
import { z } from 'zod';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { letTokenExpire } from '../rig/expired_token.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import type { Execution } from '../rig/person.ts';
import { type ServerProcess, stopEverything } from '../rig/start_server.ts';
import type { Separation } from '../rig/store_trouble.ts';
import { documentsIn, withBareStore } from '../rig/stored_documents.ts';
import { onEachStore, type Store } from '../rig/stores.ts';
import { waitUntil } from '../rig/wait_until.ts';

/** Longer than a lease lives without a heartbeat. */
const SLOWER_THAN_A_LEASE_MS = 12_000;
const CALLERS = 20;
const HUNG_CALL_PATIENCE_MS = 45_000;
const GRANT_TYPE = 'user_connector_token';
/** How long the lease is watched once the stale holder knows that its call has failed. */
const LOOKS = 10;
const LOOK_EVERY_MS = 200;

/** Two processes, and connectors to the strict server. */
interface Stage {
  readonly house: Installation;
  readonly first: ServerProcess;
  readonly second: ServerProcess;
}

async function aStage(store: Store, settings: Separation['settings'] = {}): Promise<Stage> {
  const house = await twoPeople({ store });
  const [second] = house.servers;
  return { house, first: await house.addServer(settings), second };
}

/** A connector of its own, to which Ana is connected with a token that is over. */
async function anExpiredGrant({ house, second }: Stage): Promise<string> {
  const { admin, ana, providers } = house;
  const connector = await createConnector(admin, second, strictFiles(providers));
  await ana.connect(second, connector);
  await letTokenExpire(providers.strict, ana, { server: second, connector });
  providers.strict.clearRequests();
  return connector;
}

const refreshes = ({ house }: Stage) =>
  house.providers.strict
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
  let slow: Story<{ readonly answers: readonly Execution[] }>;
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
    const { house, first, second } = stage;
    const connector = await anExpiredGrant(stage);
    house.providers.strict.failNext({
      endpoint: 'token',
      fault: { kind: 'delay', delayMs: SLOWER_THAN_A_LEASE_MS, when: 'before_acting' },
    });
    const answers = await Promise.all(
      Array.from({ length: CALLERS }, (_, index) =>
        house.ana.execute(index % 2 === 0 ? first : second, connector, listStrictFiles),
      ),
    );
    return { stage, told: { answers } };
  }

  async function stoppedHolder(): Promise<typeof stopped> {
    const stage = await aStage(store);
    const { house, first, second } = stage;
    const connector = await anExpiredGrant(stage);
    const answer = house.providers.strict.holdNext({ endpoint: 'token', when: 'after_acting' });
    const holding = house.ana.execute(first, connector, listStrictFiles);
    await waitUntil('the token call', () => answer.isHolding);
    process.kill(first.pid, 'SIGSTOP');
    answer.release();
    const refused = await house.ana.execute(second, connector, listStrictFiles);
    process.kill(first.pid, 'SIGCONT');
    return { stage, told: { refused, held: await holding } };
  }

  async function staleHolder(): Promise<typeof stale> {
    const separation = await store.separation();
    const stage = await aStage(store, separation.settings);
    const { house, first, second } = stage;
    const connector = await anExpiredGrant(stage);
    const { strict } = house.providers;
    strict.failNext({ endpoint: 'token', fault: { kind: 'hang' } });
    const call = strict.holdNext({ endpoint: 'token', when: 'before_acting' });
    const holding = house.ana.execute(first, connector, listStrictFiles);
    await waitUntil('the hung token call', () => refreshes(stage).length === 1);
    await separation.cut(first);
    // Its heartbeat stands still now, so the other process takes over.
    const taking = house.ana.execute(second, connector, listStrictFiles);
    taking.catch(() => undefined);
    await waitUntil('the call of the taker', () => call.isHolding, HUNG_CALL_PATIENCE_MS);
    await separation.restore(first);
    // Opened once: the taker's call began a lease's life after the hung one, so there is less than that life for all looks.
    const owners = await withBareStore(house, GRANT_TYPE, async (bare) => {
      const seen = [await leaseOwner(bare, connector)];
      await first.says(`Refresh for connector [${connector}] failed`, HUNG_CALL_PATIENCE_MS);
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
      expect(new Set(told.answers.map(strictOwner))).toEqual(new Set(['ana@example.com']));
      expect(refreshes(stage)).toEqual([{ error: undefined, state: 'answered' }]);
      expect(stage.house.providers.strict.isGrantAlive('ana')).toBe(true);
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
      expect(refreshes(stage)).toEqual([{ error: undefined, state: 'answered' }]);
      expect(stage.house.providers.strict.isGrantAlive('ana')).toBe(true);
    });

    it('G87: that fails while somebody else, who took over, is in their call changes nothing of theirs, their lease included', async () => {
      const { stage, told } = stale;
      const { house, first, second } = stage;
      expect(strictOwner(told.taken)).toBe('ana@example.com');
      const [owner] = told.owners;
      expect(owner).toEqual(expect.any(String));
      expect(told.owners).toEqual(told.owners.map(() => owner));
      // The provider never acted on the hung call, so the second one was no reuse.
      expect(refreshes(stage).map(({ error }) => error)).toEqual([undefined, undefined]);
      expect(strictOwner(told.late)).toBe('ana@example.com');
      for (const server of [first, second]) {
        expect(await house.ana.status(server, told.taken.connector_id)).toMatchObject({
          connection_status: 'connected',
        });
      }
      // The lease of the new owner ended with its refresh, and the next one is free to take.
      await letTokenExpire(house.providers.strict, house.ana, {
        server: second,
        connector: told.taken.connector_id,
      });
      expect(
        strictOwner(await house.ana.execute(first, told.taken.connector_id, listStrictFiles)),
      ).toBe('ana@example.com');
    });
  });
});
