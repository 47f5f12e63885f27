import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createConnector, listStrictFiles, strictFiles, strictOwner } from '../rig/connectors.ts';
import { letTokenExpire } from '../rig/expired_token.ts';
import { type Installation, twoPeople } from '../rig/installation.ts';
import type { Execution } from '../rig/person.ts';
import { type ServerProcess, stopEverything } from '../rig/start_server.ts';
import { onEachStore } from '../rig/stores.ts';

const CALLERS = 1_000;
const CALLERS_IN_MID_LIFE = 100;
/** What a store does differently shows in the first rounds; what goes wrong once in many is for `npm run chaos`. */
const AMOUNTS = {
  SQLite: { rounds: 10, roundsInMidLife: 5 },
  Elasticsearch: { rounds: 2, roundsInMidLife: 1 },
} as const;

onEachStore((store) => {
  const { rounds, roundsInMidLife } = AMOUNTS[store.name];

  let house: Installation;
  let connector: string;
  beforeAll(async () => {
    house = await twoPeople({ store, processes: 2 });
    connector = await createConnector(house.admin, house.servers[0], strictFiles(house.providers));
    await house.ana.connect(house.servers[0], connector);
  });
  let rotations = 0;
  afterEach(() => house.providers.strict.clearRequests());
  afterAll(async () => {
    await house.stop();
    await stopEverything();
  });

  /** All at once, spread evenly over the processes. */
  const executeAll = (servers: readonly ServerProcess[], callers: number): Promise<Execution[]> =>
    Promise.all(
      Array.from({ length: callers }, (_, index) => {
        const server = servers[index % servers.length] ?? house.servers[0];
        return house.ana.execute(server, connector, listStrictFiles);
      }),
    );

  /** How often each outcome occurred, so that a failure names the odd ones. */
  const outcomes = (answers: readonly Execution[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const answer of answers) {
      const outcome = answer.status === 'ok' ? String(strictOwner(answer)) : JSON.stringify(answer);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  };

  const tokenRequests = () =>
    house.providers.strict.tokenRequests().map(({ grantType, error }) => ({ grantType, error }));

  const ONE_REFRESH = [{ grantType: 'refresh_token', error: undefined }];

  const spreads = [
    { where: 'one process', servers: () => [house.servers[0]] },
    { where: 'two processes', servers: () => house.servers },
  ] as const;

  describe.each(spreads)('a strict server and $where', ({ servers }) => {
    it(`G82, G83: sends one token request for ${CALLERS} callers of an expired token, ${rounds} times in a row`, async () => {
      const { strict } = house.providers;
      for (let round = 0; round < rounds; round += 1) {
        await letTokenExpire(strict, house.ana, { server: house.servers[0], connector });
        strict.clearRequests();
        const answers = await executeAll(servers(), CALLERS);
        expect({ round, outcomes: outcomes(answers) }).toEqual({
          round,
          outcomes: { 'ana@example.com': CALLERS },
        });
        expect(tokenRequests()).toEqual(ONE_REFRESH);
        rotations += 1;
      }
      expect(strict.isGrantAlive('ana')).toBe(true);
    });

    it(`G84: sends one token request for ${CALLERS_IN_MID_LIFE} callers whose token the API refuses, ${roundsInMidLife} times in a row`, async () => {
      const { strict } = house.providers;
      for (let round = 0; round < roundsInMidLife; round += 1) {
        strict.expireAccessTokens('ana');
        strict.clearRequests();
        const answers = await executeAll(servers(), CALLERS_IN_MID_LIFE);
        expect({ round, outcomes: outcomes(answers) }).toEqual({
          round,
          outcomes: { 'ana@example.com': CALLERS_IN_MID_LIFE },
        });
        expect(tokenRequests()).toEqual(ONE_REFRESH);
        rotations += 1;
      }
      expect(strict.isGrantAlive('ana')).toBe(true);
    });
  });

  it('G109: is still connected after more than five rotations at a server that notices reuse, in both processes', async () => {
    expect(rotations).toBeGreaterThan(5);
    for (const server of house.servers) {
      expect(strictOwner(await house.ana.execute(server, connector, listStrictFiles))).toBe(
        'ana@example.com',
      );
    }
    expect(house.providers.strict.isGrantAlive('ana')).toBe(true);
  });
});
