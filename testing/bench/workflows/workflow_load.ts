import { type Reachable, send } from '@latchkey/test-environment';
import { z } from 'zod';
import type { DataSet } from '../environment/bench_environment.ts';
import type { Load, Pace } from '../processes/load_generator.ts';
import type { Role } from '../processes/role.ts';
import type { RunnerInput } from '../processes/workflow_protocol.ts';

/** The process of a server. */
export type Runner = Role<RunnerInput, unknown>;

/** A server in its own process, on the store of a data set. */
export interface RunningServer extends Reachable {
  readonly runner: Runner;
}

/** Returns a workflow with three steps, of which the second calls a connector. */
export function threeSteps(connectorId: string): string {
  return yamlOf([
    { name: 'one', type: 'data.set', with: { id: '{{ execution.id }}' } },
    {
      name: 'two',
      type: 'custom_api.request',
      'connector-id': connectorId,
      with: { path: '/', query: { id: '{{ variables.id }}' } },
    },
    { name: 'three', type: 'data.set', with: { name: '{{ steps.two.output.data.name }}' } },
  ]);
}

/** Returns a workflow with these steps. JSON is valid YAML. */
export function yamlOf(steps: readonly object[]): string {
  return JSON.stringify({ name: 'bench', triggers: [{ type: 'manual' }], steps });
}

/** Returns a workflow with this many steps and no call. */
export function dataSets(length: number): string {
  const steps = Array.from({ length }, (_, index) => ({
    name: `s${index}`,
    type: 'data.set',
    with: { value: '{{ execution.id }}' },
  }));
  return yamlOf(steps);
}

/** The server at which runs are started, and the data set whose caller starts them. */
export interface Caller {
  readonly server: RunningServer;
  readonly dataSet: DataSet;
}

/** Returns a load whose requests start runs. */
export function loadOf(
  { server, dataSet }: Caller,
  workflowYaml: string,
  { pace, runs }: { readonly pace: Pace; readonly runs: number },
): Load {
  return {
    origins: [server.url],
    path: '/api/workflows/test',
    method: 'POST',
    headers: headersOf(dataSet),
    body: JSON.stringify({ workflowYaml }),
    expected: 'workflowExecutionId',
    pace,
    until: { requests: runs },
  };
}

function headersOf({ apiKey }: DataSet): Record<string, string> {
  return {
    authorization: `ApiKey ${apiKey}`,
    'kbn-xsrf': 'true',
    'content-type': 'application/json',
  };
}

/**
 * Starts runs from this process.
 * @returns their ids
 */
export async function startRuns(
  { yaml, ...caller }: Caller & { readonly yaml: string },
  total: number,
  atOnce: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let left = total;
  const work = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const text = await post(caller, '/api/workflows/test', { workflowYaml: yaml });
      ids.push(
        z.object({ workflowExecutionId: z.string() }).parse(JSON.parse(text)).workflowExecutionId,
      );
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return ids;
}

/**
 * Sends a request.
 * @throws Error when it is refused
 */
export async function post(
  { server, dataSet }: Caller,
  path: string,
  body: object = {},
): Promise<string> {
  const { status, text } = await send({
    method: 'POST',
    url: new URL(path, server.url).href,
    headers: headersOf(dataSet),
    body: JSON.stringify(body),
  });
  if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
  return text;
}
