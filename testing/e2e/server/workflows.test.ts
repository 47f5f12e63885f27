import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  createUser,
  driveByOwnApp,
  type Reachable,
  revocableStrictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createSpace, inSpace } from '../support/spaces.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

/** A workflow that was written for Kibana and is used unchanged. */
const SEARCH = `version: '1'
name: 'sources.google_drive.search'
description: Search for files in Google Drive using Google's query syntax
tags: ['agent-builder-tool']
enabled: true
triggers:
  - type: manual
inputs:
  - name: query
    type: string
    description: "Google Drive search query."
  - name: pageSize
    type: number
    required: false
    description: Number of results to return (default 250, max 1000)
  - name: pageToken
    type: string
    required: false
    description: "Pagination token."
  - name: orderBy
    type: string
    required: false
    description: "Sort order: 'createdTime', 'createdTime desc'"
steps:
  - name: search_files
    type: google_drive.searchFiles
    connector-id: <ENTER YOUR CONNECTOR ID HERE!>
    with:
      query: "\${{inputs.query}}"
      pageSize: \${{inputs.pageSize}}
      pageToken: "\${{inputs.pageToken}}"
      orderBy: "\${{inputs.orderBy}}"
`;

const created = z.object({ id: z.string(), valid: z.boolean() });
const execution = z.object({
  status: z.string(),
  executedBy: z.string(),
  error: z.object({ type: z.string(), message: z.string() }).optional(),
  waits: z.array(z.object({ kind: z.string(), stepExecutionId: z.string() })),
  output: z.unknown().optional(),
  stepExecutions: z.array(
    z.object({
      id: z.string(),
      status: z.string(),
      input: z.unknown().optional(),
      output: z.unknown().optional(),
    }),
  ),
});
type Execution = z.infer<typeof execution>;

const FINAL = ['completed', 'failed', 'cancelled', 'timed_out'];

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });
  const ana = new TestUser({ username: 'ada', password: 'ada-password-7c41', account: 'ana' });
  const ben = new TestUser({ username: 'bob', password: 'bob-password-93fe', account: 'ben' });
  beforeAll(async () => {
    const { admin, first } = environment;
    await admin.json(first, 'PUT /api/security/role/workflow_user', {
      kibana: [{ feature: { actions: ['read'], workflows: ['all'] }, spaces: ['*'] }],
    });
    for (const user of [ana, ben]) {
      await createUser(admin, first, user, ['workflow_user']);
      await user.logIn(first);
    }
  });

  const drive = () =>
    createConnector(environment.admin, environment.first, driveByOwnApp(environment));

  const create = async (yaml: string): Promise<{ id: string; valid: boolean }> =>
    created.parse(
      await environment.admin.json(environment.first, 'POST /api/workflows/workflow', { yaml }),
    );

  const run = async (user: TestUser, server: Reachable, { id }: { id: string }, inputs = {}) =>
    z
      .object({ workflowExecutionId: z.string() })
      .parse(await user.json(server, `POST /api/workflows/workflow/${id}/run`, { inputs }))
      .workflowExecutionId;

  const read = async (user: TestUser, server: Reachable, id: string): Promise<Execution> =>
    execution.parse(
      await user.json(
        server,
        `GET /api/workflows/executions/${id}?includeInput=true&includeOutput=true`,
      ),
    );

  const untilStatus = async (
    user: TestUser,
    server: Reachable,
    { id, statuses }: { readonly id: string; readonly statuses: readonly string[] },
  ): Promise<Execution> => {
    let found: Execution | undefined;
    await waitUntil(`execution [${id}] to be ${statuses.join(' or ')}`, async () => {
      found = await read(user, server, id);
      return statuses.includes(found.status);
    });
    if (found === undefined) throw new Error('no execution');
    return found;
  };

  const names = (value: unknown): readonly string[] =>
    z
      .object({ files: z.array(z.object({ name: z.string() })) })
      .parse(value)
      .files.map(({ name }) => name);

  it('a workflow runs as the user who started it: each user sees their own files, and an input that is absent stays absent', async () => {
    const { first, second } = environment;
    const connector = await drive();
    const workflow = await create(SEARCH.replace('<ENTER YOUR CONNECTOR ID HERE!>', connector));
    expect(workflow.valid).toBe(true);
    const found: (readonly string[])[] = [];
    for (const user of [ana, ben]) {
      expect((await user.connect(first, connector)).status).toBe(200);
      const id = await run(user, first, workflow, { query: 'trashed=false' });
      const ended = await untilStatus(user, second, { id, statuses: FINAL });
      expect(ended).toMatchObject({ status: 'completed', executedBy: user.username });
      const [step] = ended.stepExecutions;
      expect(step?.input).toEqual({ query: 'trashed=false' });
      found.push(names(step?.output));
    }
    expect(found[0]).not.toHaveLength(0);
    expect(found[0]).not.toEqual(found[1]);
  });

  it('a run does not show other users the outputs of steps that used a personal connection', async () => {
    const { first } = environment;
    const connector = await drive();
    const workflow = await create(SEARCH.replace('<ENTER YOUR CONNECTOR ID HERE!>', connector));
    expect((await ana.connect(first, connector)).status).toBe(200);
    const id = await run(ana, first, workflow, { query: 'trashed=false' });
    await untilStatus(ana, first, { id, statuses: FINAL });
    const [step] = (await read(ben, first, id)).stepExecutions;
    expect(step).toMatchObject({ status: 'completed' });
    expect(step).not.toHaveProperty('input');
    expect(step).not.toHaveProperty('output');
  });

  it('the API stores a workflow with its placeholder, reports what is wrong, and refuses to run it', async () => {
    const { admin, first } = environment;
    const workflow = await create(SEARCH);
    expect(workflow.valid).toBe(false);
    expect(await admin.json(first, 'POST /api/workflows/validate', { yaml: SEARCH })).toMatchObject(
      {
        valid: false,
        diagnostics: [{ ruleId: 'connectorNotFound', line: 27 }],
      },
    );
  });

  it('a run waits until its user has authorized the connector, and continues at that step', async () => {
    const { first, second } = environment;
    const connector = await drive();
    const workflow = await create(SEARCH.replace('<ENTER YOUR CONNECTOR ID HERE!>', connector));
    const id = await run(ana, second, workflow, { query: 'trashed=false' });
    const waiting = await untilStatus(ana, first, { id, statuses: ['waiting_for_authorization'] });
    expect(waiting.waits).toMatchObject([{ kind: 'authorization' }]);
    expect(waiting.stepExecutions).toEqual([
      { id: 'search_files', status: 'waiting_for_authorization' },
    ]);
    expect((await ana.connect(first, connector)).status).toBe(200);
    const ended = await untilStatus(ana, first, { id, statuses: FINAL });
    expect(ended.status).toBe('completed');
  });

  it('a run continues after input from its user, and only from that user', async () => {
    const { first, second } = environment;
    const workflow = await create(`
name: ask
triggers: [{ type: manual }]
steps:
  - { name: ask, type: waitForApproval, with: { message: Continue? } }
  - { name: result, type: workflow.output, with: { ok: "\${{ steps.ask.output.response.approved }}" } }
`);
    const id = await run(ana, first, workflow);
    await untilStatus(ana, second, { id, statuses: ['waiting_for_input'] });
    const path = `POST /api/workflows/executions/${id}/resume` as const;
    expect((await ben.call(second, path, { input: { approved: true } })).status).toBe(403);
    expect((await ana.call(second, path, { input: { approved: true } })).status).toBe(200);
    const ended = await untilStatus(ana, first, { id, statuses: FINAL });
    expect(ended).toMatchObject({ status: 'completed', output: { ok: true } });
    expect((await ana.call(first, path, { input: { approved: false } })).status).toBe(409);
  });

  it('a run refuses input that does not fit the form, and continues to wait', async () => {
    const { first } = environment;
    const workflow = await create(`
name: form
triggers: [{ type: manual }]
steps:
  - name: ask
    type: waitForInput
    with: { schema: { type: object, properties: { count: { type: number } }, required: [count] } }
  - { name: result, type: workflow.output, with: { n: "\${{ steps.ask.output.response.count }}" } }
`);
    const id = await run(ana, first, workflow);
    await untilStatus(ana, first, { id, statuses: ['waiting_for_input'] });
    const path = `POST /api/workflows/executions/${id}/resume` as const;
    expect(await ana.call(first, path, { input: { count: 'many' } })).toMatchObject({
      status: 400,
    });
    expect(await ana.call(first, path, { input: { count: 3 } })).toMatchObject({ status: 200 });
    const ended = await untilStatus(ana, first, { id, statuses: FINAL });
    expect(ended).toMatchObject({ status: 'completed', output: { n: 3 } });
  });

  it('the same workflow id in two spaces belongs to two workflows', async () => {
    const { admin, first } = environment;
    expect(await createSpace(admin, first, 'lab')).toBe(200);
    const body = { yaml: SEARCH, id: 'same' };
    for (const server of [first, inSpace(first, 'lab')])
      expect(created.parse(await admin.json(server, 'POST /api/workflows/workflow', body)).id).toBe(
        'same',
      );
    expect((await admin.call(first, 'POST /api/workflows/workflow', body)).status).toBe(409);
    expect((await admin.call(first, 'DELETE /api/workflows/workflow/same')).status).toBe(200);
    expect((await admin.call(first, 'GET /api/workflows/workflow/same')).status).toBe(404);
    const other = inSpace(first, 'lab');
    expect((await admin.call(other, 'GET /api/workflows/workflow/same')).status).toBe(200);
  });

  it('a run shows the message of an error to its user only', async () => {
    const { first } = environment;
    const workflow = await create(`
name: fail
triggers: [{ type: manual }]
steps:
  - { name: end, type: workflow.fail, with: { message: private words } }
`);
    const id = await run(ana, first, workflow);
    const ended = await untilStatus(ana, first, { id, statuses: FINAL });
    expect(ended.error).toEqual({ type: 'WorkflowFailed', message: 'private words' });
    expect(JSON.stringify(await read(ben, first, id))).not.toContain('private words');
  });

  it('F81: a run keeps the result of a call when its process is stopped, and does not repeat the call', async () => {
    const { first, strict, admin } = environment;
    const connector = await createConnector(admin, first, revocableStrictFiles({ strict }));
    expect((await ana.connect(first, connector)).status).toBe(200);
    const stopping = await environment.addServer();
    const workflow = await create(`
name: keep
triggers: [{ type: manual }]
steps:
  - { name: call, type: custom_api.request, connector-id: ${connector}, with: { path: /files } }
  - { name: pause, type: wait, with: { duration: 4s } }
  - { name: after, type: workflow.output, with: { status: "\${{ steps.call.output.status }}" } }
`);
    strict.clearRequests();
    const calls = () => strict.requests().filter(({ path }) => path.startsWith('/api/files'));
    const id = await run(ana, stopping, workflow);
    await waitUntil('the response', () => calls().some(({ state }) => state === 'responded'));
    await stopping.stop();
    const ended = await untilStatus(ana, first, { id, statuses: FINAL });
    expect(ended).toMatchObject({ status: 'completed', output: { status: 200 } });
    expect(calls()).toHaveLength(1);
  });

  it('a run that waits is cancelled by a different process than the one that executed it', async () => {
    const { first, second } = environment;
    const workflow = await create(`
name: pause
triggers: [{ type: manual }]
steps:
  - { name: pause, type: wait, with: { duration: 1h } }
`);
    const id = await run(ana, first, workflow);
    await untilStatus(ana, first, { id, statuses: ['waiting'] });
    const waiting = await ana.json(first, `GET /api/workflows/executions/${id}`);
    expect(waiting).toMatchObject({
      stepExecutions: [{ id: 'pause', stepId: 'pause', stepType: 'wait', status: 'waiting' }],
    });
    const path = `POST /api/workflows/executions/${id}/cancel` as const;
    expect((await ana.call(second, path)).status).toBe(200);
    const cancelled = await ana.json(first, `GET /api/workflows/executions/${id}`);
    expect(cancelled).toMatchObject({ status: 'cancelled', cancelledBy: ana.username });
  });

  it('F81: a run is continued by another process when its process is killed during a wait in memory', async () => {
    const { first } = environment;
    const dying = await environment.addServer();
    const workflow = await create(`
name: survive
triggers: [{ type: manual }]
steps:
  - { name: before, type: data.set, with: { at: "{{ now | date: '%s%N' }}" } }
  - { name: pause, type: wait, with: { duration: 4s } }
  - { name: after, type: workflow.output, with: { ok: true } }
`);
    const id = await run(ana, dying, workflow);
    await dying.kill9();
    const ended = await untilStatus(ana, first, { id, statuses: FINAL });
    expect(ended).toMatchObject({ status: 'completed', output: { ok: true } });
  });

  it('F81: the test of a step is continued by another process when its process is killed, and executes only this step', async () => {
    const { admin, first, strict } = environment;
    const connector = await createConnector(admin, first, revocableStrictFiles({ strict }));
    expect((await ana.connect(first, connector)).status).toBe(200);
    const call = (name: string) =>
      `{ name: ${name}, type: custom_api.request, connector-id: ${connector}, with: { path: /files } }`;
    const workflowYaml = `
name: test of a step
triggers: [{ type: manual }]
steps:
  - ${call('before')}
  - name: each
    type: foreach
    foreach: [1, 2]
    steps:
      - ${call('call')}
      - { name: pause, type: wait, with: { duration: 4s } }
  - ${call('after')}
`;
    const calls = () => strict.requests({ endpoint: 'api' });
    const stepsOf = ({ stepExecutions }: Execution) =>
      stepExecutions.map((step) => `${step.id} ${step.status}`);
    /** Starts the test in a process that is killed between the two calls of the loop. */
    const startAndKill = async (): Promise<string> => {
      const dying = await environment.addServer();
      strict.clearRequests();
      const test = { workflowYaml, stepId: 'each' };
      const { workflowExecutionId: id } = z
        .object({ workflowExecutionId: z.string() })
        .parse(await ana.json(dying, 'POST /api/workflows/step/test', test));
      await waitUntil('the result of the first call', async () =>
        stepsOf(await read(ana, first, id)).includes('each[0]/call completed'),
      );
      await dying.kill9();
      return id;
    };
    let id = await startAndKill();
    // On a busy machine the second call may have begun before the kill.
    for (let tries = 1; calls().length > 1 && tries < 5; tries += 1) {
      await untilStatus(ana, first, { id, statuses: FINAL });
      id = await startAndKill();
    }
    const ended = await untilStatus(ana, first, { id, statuses: FINAL });
    expect(ended.status).toBe('completed');
    expect(stepsOf(ended)).toEqual([
      'each[0]/call completed',
      'each[0]/pause completed',
      'each[1]/call completed',
      'each[1]/pause completed',
      'each completed',
    ]);
    expect(calls()).toHaveLength(2);
  });
});
