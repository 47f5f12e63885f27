import { z } from 'zod';
import { administrator } from '../environment/authorize.ts';
import {
  type BenchEnvironment,
  type DataSet,
  fillSpace,
} from '../environment/bench_environment.ts';
import { type LoadGenerator, measureRounds, type Row, type Target } from '../load/rounds.ts';
import { connectorList, execution, myStatus } from '../load/targets.ts';
import type { LoadRequest } from '../processes/load_generator.ts';
import type { GrowthPlan } from './growth_plan.ts';

/** Number of connectors on one page of the user interface. */
const PAGE = 50;
const EXECUTIONS_PER_SECOND = 50;
const WARM_UP = { pace: { atOnce: 1 }, requests: 10 } as const;

/**
 * Lists by number of connectors. Each is measured in one turn by one caller, one request after the
 * other.
 */
export interface ListGrowth {
  readonly list: readonly Row[];
  readonly status: readonly Row[];
  /** Status of the user's connections for one page of 50 connectors. */
  readonly page: readonly Row[];
  /** Executions at a fixed rate, alone and while the largest space is listed continuously. */
  readonly neighbours: readonly Row[];
}

interface Parts {
  readonly environment: BenchEnvironment;
  readonly generator: LoadGenerator;
  readonly plan: GrowthPlan;
}

/**
 * Measures lists in one data set that has a space for each number of connectors. The caller has
 * authorized all of them.
 */
export async function measureLists(parts: Parts): Promise<ListGrowth> {
  const { environment, generator, plan } = parts;
  const dataSet = await environment.addDataSet(10);
  const profileUid = await profileOf(dataSet);
  for (const count of plan.connectors) {
    const spaceId = spaceOf(count);
    await createSpace(dataSet, spaceId);
    await fillSpace(dataSet.location, environment.connector, { spaceId, profileUid, count });
  }
  const { server, apiKey } = dataSet;
  const measure = (name: string, loadOf: (count: number) => LoadRequest) =>
    measureRounds(
      plan.connectors.map((size) => targetOf(parts, dataSet, { name, size, load: loadOf(size) })),
      {
        generator,
        ownPids: environment.pids,
        rounds: Math.ceil(plan.rounds / 2),
        turns: [{ pace: { atOnce: 1 }, seconds: plan.listSeconds }],
        warmUp: WARM_UP,
      },
    );
  return {
    list: await measure('all connectors', (size) =>
      connectorList(server.url, apiKey, spaceOf(size)),
    ),
    status: await measure('my status of all', (size) =>
      myStatus(server.url, apiKey, { spaceId: spaceOf(size) }),
    ),
    page: await measure(`my status of ${PAGE}`, (size) =>
      myStatus(server.url, apiKey, pageOf(size)),
    ),
    neighbours: await measureNeighbours(parts, dataSet),
  };
}

function targetOf(
  { environment }: Parts,
  { server }: DataSet,
  of: Pick<Target, 'name' | 'size' | 'load'>,
): Target {
  return { ...of, servers: [server.pid], store: environment.storePids };
}

function spaceOf(count: number): string {
  return `s${count}`;
}

/** Returns the connectors of one page, spread evenly over all connectors. */
function pageOf(count: number) {
  const size = Math.min(PAGE, count);
  const connectorIds = Array.from(
    { length: size },
    (_, at) => `${spaceOf(count)}-${Math.floor((at * count) / size)}`,
  );
  return { spaceId: spaceOf(count), connectorIds };
}

async function measureNeighbours(parts: Parts, dataSet: DataSet): Promise<readonly Row[]> {
  const { environment, generator, plan } = parts;
  const { server, apiKey } = dataSet;
  const size = Math.max(...plan.connectors);
  const load = execution([server], { apiKey, connectorId: environment.connector.id });
  const seconds = plan.pacedSeconds * 2;
  const measure = (name: string) =>
    measureRounds([targetOf(parts, dataSet, { name, size, load })], {
      generator,
      ownPids: environment.pids,
      rounds: 1,
      turns: [{ pace: { perSecond: EXECUTIONS_PER_SECOND }, seconds }],
      warmUp: WARM_UP,
    });
  const alone = await measure('executions alone');
  const listing = environment.startLoadGenerator().ask({
    ...connectorList(server.url, apiKey, spaceOf(size)),
    pace: { atOnce: 1 },
    // Seconds of listing, longer than the executions and their warm-up together.
    until: { seconds: seconds + 4 },
  });
  const beside = await measure('during continuous listing');
  await listing;
  return [...alone, ...beside];
}

async function profileOf({ server }: DataSet): Promise<string> {
  const me = await administrator.json(server, 'GET /internal/security/me');
  return z.object({ profile_uid: z.string() }).parse(me).profile_uid;
}

async function createSpace({ server }: DataSet, id: string): Promise<void> {
  await administrator.json(server, 'POST /api/spaces/space', { id, name: id });
}
