import { z } from 'zod';
import { fillConnectors } from '../server/fill_store.ts';
import type { DataSet, GrowthEnvironment } from './growth_environment.ts';
import { connectorList, execution, myStatus } from './growth_loads.ts';
import type { GrowthPlan } from './growth_plan.ts';
import {
  type GrowthRow,
  type GrowthTarget,
  measureRounds,
  type SpreadGenerator,
} from './rounds.ts';

/** Connectors on one page of the user interface. */
const PAGE = 50;
const EXECUTIONS_PER_SECOND = 50;
const WARM_UP = { pace: { atOnce: 1 }, requests: 10 } as const;

/** Lists by number of connectors; one turn each, by one caller, one request after the other. */
export interface ListGrowth {
  readonly list: readonly GrowthRow[];
  readonly status: readonly GrowthRow[];
  /** The user's status of 50 of them. */
  readonly page: readonly GrowthRow[];
  /** Executions at a fixed rate: alone, and during continuous listing of the largest space. */
  readonly neighbours: readonly GrowthRow[];
}

/** Servers, load generators and durations for measuring lists. */
export interface ListParts {
  readonly environment: GrowthEnvironment;
  readonly generator: SpreadGenerator;
  /** Requests lists while the first generator executes. */
  readonly second: SpreadGenerator;
  readonly ownPids: () => readonly number[];
  readonly plan: GrowthPlan;
}

/** Uses one data set with a space for each number of connectors, all authorized by the caller. */
export async function measureLists(parts: ListParts): Promise<ListGrowth> {
  const { environment, plan } = parts;
  const dataSet = await environment.addDataSet(10, () => undefined);
  const profileUid = await profileOf(dataSet);
  for (const count of plan.connectors) {
    await createSpace(dataSet, spaceOf(count));
    const { location } = dataSet;
    const spaceId = spaceOf(count);
    await fillConnectors({
      location,
      connector: environment.connector,
      spaceId,
      profileUid,
      count,
    });
  }
  const measure = (group: (count: number) => GrowthTarget) =>
    measureRounds(plan.connectors.map(group), {
      ...parts,
      rounds: Math.ceil(plan.rounds / 2),
      turns: [{ pace: { atOnce: 1 }, seconds: plan.listSeconds }],
      warmUp: WARM_UP,
    });
  const { server, apiKey } = dataSet;
  const target = (size: number, name: string, load: GrowthTarget['load']): GrowthTarget => ({
    name,
    size,
    load,
    servers: [server.pid],
    store: environment.storePids,
  });
  return {
    list: await measure((count) =>
      target(count, 'all connectors', connectorList(server, apiKey, spaceOf(count))),
    ),
    status: await measure((count) =>
      target(count, 'my status of all', myStatus(server, apiKey, { spaceId: spaceOf(count) })),
    ),
    page: await measure((count) =>
      target(count, `my status of ${PAGE}`, myStatus(server, apiKey, pageOf(count))),
    ),
    neighbours: await measureNeighbours(parts, dataSet),
  };
}

function spaceOf(count: number): string {
  return `s${count}`;
}

/** Connectors of a page, spread over all of them. */
function pageOf(count: number) {
  const size = Math.min(PAGE, count);
  const connectorIds = Array.from(
    { length: size },
    (_, at) => `${spaceOf(count)}-${Math.floor((at * count) / size)}`,
  );
  return { spaceId: spaceOf(count), connectorIds };
}

async function measureNeighbours(
  parts: ListParts,
  { server, apiKey }: DataSet,
): Promise<readonly GrowthRow[]> {
  const { environment, plan, second } = parts;
  const longest = Math.max(...plan.connectors);
  const target = (name: string): GrowthTarget => ({
    name,
    size: longest,
    load: execution([server], { apiKey, connectorId: environment.connector.id }),
    servers: [server.pid],
    store: environment.storePids,
  });
  const seconds = plan.pacedSeconds * 2;
  const measure = (name: string) =>
    measureRounds([target(name)], {
      ...parts,
      rounds: 1,
      turns: [{ pace: { perSecond: EXECUTIONS_PER_SECOND }, seconds }],
      warmUp: WARM_UP,
    });
  const alone = await measure('executions alone');
  const listing = second.ask({
    ...connectorList(server, apiKey, spaceOf(longest)),
    pace: { atOnce: 1 },
    // Longer than the executions and their warm-up together.
    seconds: seconds + 4,
  });
  const beside = await measure('during continuous listing');
  await listing;
  return [...alone, ...beside];
}

async function profileOf({ server, apiKey }: DataSet): Promise<string> {
  const response = await fetch(`${server.url}/internal/security/me`, {
    headers: { authorization: `ApiKey ${apiKey}`, 'x-elastic-internal-origin': 'bench' },
  });
  return z.object({ profile_uid: z.string() }).parse(await response.json()).profile_uid;
}

async function createSpace({ server, apiKey }: DataSet, id: string): Promise<void> {
  const response = await fetch(`${server.url}/api/spaces/space`, {
    method: 'POST',
    headers: {
      authorization: `ApiKey ${apiKey}`,
      'kbn-xsrf': 'bench',
      'content-type': 'application/json',
    },
    body: JSON.stringify({ id, name: id }),
  });
  if (!response.ok)
    throw new Error(`creating a space failed: ${response.status} ${await response.text()}`);
}
