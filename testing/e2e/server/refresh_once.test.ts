import type { Execution } from '@latchkey/test-environment';
import {
  createConnector,
  filesOwner,
  type ServerProcess,
  strictFiles,
  strictOwner,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listFilesAtOnce } from '../support/executions.ts';
import { letTokenExpire } from '../support/expired_token.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const CALLERS = 1_000;
const CALLERS_IN_MID_LIFE = 100;
const CYCLES = 5;
const ROUNDS_OF_FOUR = 2;
/**
 * Numbers of rounds and callers per store. Differences between stores show in the first rounds;
 * `npm run chaos` finds faults that occur rarely.
 */
const AMOUNTS = {
  SQLite: { rounds: 5, roundsInMidLife: 3 },
  Elasticsearch: { rounds: 2, roundsInMidLife: 1 },
} as const;

onEachStore((store) => {
  const { rounds, roundsInMidLife } = AMOUNTS[store.name];

  const environment = startBeforeAll({ store, processes: 2 });
  let connector: string;
  beforeAll(async () => {
    const { admin, ana, first } = environment;
    connector = await createConnector(admin, first, strictFiles(environment));
    await ana.connect(first, connector);
  });
  afterEach(() => environment.strict.clearRequests());

  /** Executes all calls at the same time, spread evenly over the processes. */
  const executeAll = (servers: readonly ServerProcess[], count: number) =>
    listFilesAtOnce(environment.ana, servers, { connector, count });

  /**
   * Returns the number of occurrences of each outcome, so that a failed test names the unexpected
   * ones.
   */
  const outcomes = (responses: readonly Execution[]): Record<string, number> => {
    const counts: Record<string, number> = {};
    for (const response of responses) {
      const outcome =
        response.status === 'ok' ? String(strictOwner(response)) : JSON.stringify(response);
      counts[outcome] = (counts[outcome] ?? 0) + 1;
    }
    return counts;
  };

  const tokenRequests = () =>
    environment.strict.tokenRequests().map(({ grantType, error }) => ({ grantType, error }));

  const ONE_REFRESH = [{ grantType: 'refresh_token', error: undefined }];

  /** Runs rounds that each begin with an expired token and with all callers at the same time. */
  async function oneRequestPerRound(
    servers: readonly ServerProcess[],
    count: number,
  ): Promise<void> {
    const { strict, ana, first } = environment;
    for (let round = 0; round < count; round += 1) {
      await letTokenExpire(strict, ana, { server: first, connector });
      strict.clearRequests();
      const responses = await executeAll(servers, CALLERS);
      expect({ round, outcomes: outcomes(responses) }).toEqual({
        round,
        outcomes: { 'ana@example.com': CALLERS },
      });
      expect(tokenRequests()).toEqual(ONE_REFRESH);
    }
    expect(strict.isGrantAlive('ana')).toBe(true);
  }

  const spreads = [
    { where: 'one process', servers: () => [environment.first] },
    { where: 'two processes', servers: () => environment.servers },
  ] as const;

  describe.each(spreads)('the token service, with a strict server and $where,', ({ servers }) => {
    it(`G82, G83: sends one token request for ${CALLERS} callers of an expired token, ${rounds} times in a row`, async () => {
      await oneRequestPerRound(servers(), rounds);
    });

    it(`G84: sends one token request for ${CALLERS_IN_MID_LIFE} callers whose token the API rejects, ${roundsInMidLife} times in a row`, async () => {
      const { strict } = environment;
      for (let round = 0; round < roundsInMidLife; round += 1) {
        strict.expireAccessTokens('ana');
        strict.clearRequests();
        const responses = await executeAll(servers(), CALLERS_IN_MID_LIFE);
        expect({ round, outcomes: outcomes(responses) }).toEqual({
          round,
          outcomes: { 'ana@example.com': CALLERS_IN_MID_LIFE },
        });
        expect(tokenRequests()).toEqual(ONE_REFRESH);
      }
      expect(strict.isGrantAlive('ana')).toBe(true);
    });
  });

  it(`G109: stays connected after ${CYCLES} expiries, each refreshed by another process, at a server that detects reuse`, async () => {
    const { ana, servers, strict, first } = environment;
    const presented: (string | undefined)[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) {
      // Both token requests of a cycle are sent by a different process than those of the previous
      // cycle.
      const server = servers[cycle % servers.length] ?? first;
      await letTokenExpire(strict, ana, { server, connector });
      strict.clearRequests();
      expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
      expect(tokenRequests()).toEqual(ONE_REFRESH);
      presented.push(...strict.tokenRequests().map(({ tokenHash }) => tokenHash));
    }
    expect(presented).not.toContain(undefined);
    expect(new Set(presented).size).toBe(CYCLES);
    expect(strict.isGrantAlive('ana')).toBe(true);
  });

  describe('the token service, with a strict server and four processes,', () => {
    beforeAll(async () => {
      while (environment.servers.length < 4) await environment.addServer();
    });

    it(`G83: sends one token request for ${CALLERS} callers of an expired token, ${ROUNDS_OF_FOUR} times in a row`, async () => {
      expect(environment.servers).toHaveLength(4);
      await oneRequestPerRound(environment.servers, ROUNDS_OF_FOUR);
    });
  });
});
