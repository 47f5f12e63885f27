import { waitUntil } from '@latchkey/core/server/wait_until';
import { createConnector, type Reachable } from '@latchkey/test-environment';
import { z } from 'zod';
import { ECHO_PATH, type Scenario, SECRETS } from './scenario.ts';

const workflowOf = (connector: string): string => `
name: Canary
triggers: [{ type: manual }]
steps:
  - name: call
    type: custom_api.request
    connector-id: ${connector}
    with: { path: ${ECHO_PATH.replace('/api', '')} }
  - name: ask
    type: waitForInput
    with: { message: Continue? }
`;

/** Runs workflows whose steps receive an echo of the credentials of a connector. */
export async function runWorkflows({ environment, strictOrigin }: Scenario): Promise<void> {
  const { admin, first: server } = environment;
  const connector = await createConnector(admin, server, {
    name: 'Fixed for workflows',
    connector_type_id: '.custom_api',
    config: { url: `${strictOrigin}/api` },
    secrets: { authType: 'bearer', token: SECRETS.bearer },
  });
  const yaml = workflowOf(connector);
  await admin.json(server, 'POST /api/workflows/validate', { yaml });
  const created = await admin.json(server, 'POST /api/workflows/workflow', { yaml });
  const { id } = z.object({ id: z.string() }).parse(created);
  const one = `/api/workflows/workflow/${id}`;
  for (const path of [one, '/api/workflows']) await admin.json(server, `GET ${path}`);
  await admin.json(server, `PUT ${one}`, { enabled: true });
  const started = z.object({ workflowExecutionId: z.string() });
  const run = async (what: `POST ${string}`, body: object): Promise<string> =>
    started.parse(await admin.json(server, what, body)).workflowExecutionId;
  const untilWaiting = (execution: string) =>
    waitUntil('the workflow to wait for input', async () => {
      const found = await admin.json(server, `GET /api/workflows/executions/${execution}`);
      return z.object({ status: z.string() }).parse(found).status === 'waiting_for_input';
    });
  const continued = await run(`POST ${one}/run`, {});
  await untilWaiting(continued);
  await admin.json(server, `POST /api/workflows/executions/${continued}/resume`, { input: 'yes' });
  await admin.json(server, `GET /api/workflows/executions/${continued}/children`);
  const continuedAsBefore = await run(`POST ${one}/run`, {});
  await untilWaiting(continuedAsBefore);
  await admin.json(server, `POST /api/workflowExecutions/${continuedAsBefore}/resume`, {});
  await run('POST /api/workflows/step/test', { workflowYaml: yaml, stepId: 'call' });
  const tested = await run('POST /api/workflows/test', { workflowYaml: yaml });
  await untilWaiting(tested);
  await admin.json(server, `POST /api/workflows/executions/${tested}/cancel`);
  await run(`POST /api/workflows/executions/${tested}/retry`, { mode: 'failed-step' });
  await admin.json(server, `GET ${one}/executions`);
  const values = 'includeInput=true&includeOutput=true';
  for (const path of [
    '/api/workflows/executions',
    '/api/workflows/workflow/executions',
    `/api/workflows/executions/${continued}?${values}`,
    `/api/workflows/executions/${continued}/step/call`,
    `/api/workflows/executions/${continued}/steps?${values}`,
    `/api/workflows/executions/${continued}/logs`,
    `${one}/executions/steps?${values}`,
    '/internal/workflows/_attention',
    '/internal/workflows/_uses?connectorId=canary',
  ] as const)
    await admin.json(server, `GET ${path}`);
  await admin.json(server, `POST ${one}/executions/cancel`);
  await admin.call(server, `GET /api/workflows/executions/${continued}/fixture`);
  await useManyWorkflows({ admin, server, id, yaml });
  await admin.json(server, `DELETE ${one}`);
}

/** Calls the routes that read, copy and delete many workflows. */
async function useManyWorkflows({
  admin,
  server,
  id,
  yaml,
}: Pick<Scenario['environment'], 'admin'> & {
  readonly server: Reachable;
  readonly id: string;
  readonly yaml: string;
}): Promise<void> {
  const ids = [id];
  for (const path of ['mget', 'export'] as const)
    await admin.json(server, `POST /api/workflows/${path}`, { ids });
  for (const path of ['stats', 'aggs?fields=tags', 'connectors', 'schema?loose=true'])
    await admin.json(server, `GET /api/workflows/${path}`);
  await admin.json(server, 'POST /internal/workflows/_preflight', { workflowId: id });
  await admin.json(server, `POST /api/workflows/workflow/${id}/clone`);
  await admin.json(server, 'POST /api/workflows', { workflows: [{ yaml, id: 'canary-many' }] });
  const many = ['canary-many'];
  await admin.json(server, 'POST /api/workflows/enabled', { ids: many, enabled: false });
  await admin.json(server, 'DELETE /api/workflows', { ids: many });
}
