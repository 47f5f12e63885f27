import { waitUntil } from '@latchkey/core/server/wait_until';
import { createUser, type Reachable, TestUser } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { RecordingServer } from '@latchkey/test-proxy';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

const workflow = z.object({
  id: z.string(),
  runsAs: z.string().optional(),
  nextRunAt: z.string().optional(),
});
const execution = z.object({
  id: z.string(),
  status: z.string(),
  executedBy: z.string(),
  triggeredBy: z.string(),
  parentExecutionId: z.string().optional(),
  output: z.unknown().optional(),
  error: z.object({ type: z.string() }).optional(),
  parentStepExecutionId: z.string().optional(),
});
const list = z.object({ total: z.number(), results: z.array(execution) });
type Execution = z.infer<typeof execution>;

const FINAL = ['completed', 'failed', 'cancelled', 'timed_out', 'skipped'];
/** In these servers, schedules that normally run every minute run in this interval. */
const OFTEN_MS = 2_000;

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    processes: 2,
    build: new URL('../builds/schedules_run_often_build.ts', import.meta.url),
    settings: { 'xpack.task_manager.poll_interval': '500ms' },
  });
  const eve = new TestUser({ username: 'eve', password: 'eve-password-7c41' });
  beforeAll(async () => {
    const { admin, first } = environment;
    await admin.json(first, 'PUT /api/security/role/workflow_user', {
      kibana: [{ feature: { actions: ['read'], workflows: ['all'] }, spaces: ['*'] }],
    });
    await createUser(admin, first, eve, ['workflow_user']);
    await eve.logIn(first);
  });

  const create = async (yaml: string, user = environment.admin) =>
    workflow.parse(await user.json(environment.first, 'POST /api/workflows/workflow', { yaml }));

  const run = async (server: Reachable, { id }: { readonly id: string }) =>
    z.object({ workflowExecutionId: z.string() }).parse(
      await environment.admin.json(server, `POST /api/workflows/workflow/${id}/run`, {
        inputs: {},
      }),
    ).workflowExecutionId;

  const read = async (id: string, user = environment.admin): Promise<Execution> =>
    execution.parse(
      await user.json(environment.first, `GET /api/workflows/executions/${id}?includeOutput=true`),
    );

  const listed = async (path: `/api/workflows/${string}`) =>
    list.parse(await environment.admin.json(environment.first, `GET ${path}?size=100`)).results;
  const runsOf = ({ id }: { readonly id: string }) =>
    listed(`/api/workflows/workflow/${id}/executions`);
  const childrenOf = (id: string) => listed(`/api/workflows/executions/${id}/children`);

  const untilEnded = (id: string) =>
    waitUntil(`execution [${id}] to end`, async () => {
      const found = await read(id);
      return FINAL.includes(found.status) && found;
    });

  it('a schedule starts one run per occurrence, even when a process is killed', async () => {
    const { admin, first } = environment;
    const dying = await environment.addServer();
    const scheduled = await create(`
name: often
triggers: [{ type: scheduled, with: { every: 1m } }]
steps: [{ name: at, type: workflow.output, with: { at: "{{ event.timestamp }}" } }]
`);
    expect(scheduled.runsAs).toBe(admin.username);
    expect(Date.parse(scheduled.nextRunAt ?? '')).toBeGreaterThan(0);
    const completed = async () =>
      (await runsOf(scheduled)).filter(({ status }) => status === 'completed');
    await waitUntil('three runs', async () => (await completed()).length >= 3);
    await dying.kill9();
    const before = (await completed()).length;
    await waitUntil('three more runs', async () => (await completed()).length >= before + 3);
    const runs = await completed();
    const times = await Promise.all(
      runs.map(async ({ id }) => {
        const { output } = await read(id);
        return Date.parse(z.object({ at: z.string() }).parse(output).at);
      }),
    );
    expect(new Set(times).size).toBe(times.length);
    for (const time of times) expect(Math.abs(time - (times[0] ?? 0)) % OFTEN_MS).toBe(0);
    expect(runs[0]).toMatchObject({ triggeredBy: 'scheduled', executedBy: admin.username });
    const disabled = workflow.parse(
      await admin.json(first, `PUT /api/workflows/workflow/${scheduled.id}`, { enabled: false }),
    );
    expect(disabled).not.toHaveProperty('nextRunAt');
  });

  it('a schedule stores a failed run when the user for whom it runs has been deleted', async () => {
    const { admin, first } = environment;
    const scheduled = await create(
      `
name: of eve
triggers: [{ type: scheduled, with: { every: 1m } }]
steps: [{ name: set, type: data.set, with: { a: 1 } }]
`,
      eve,
    );
    await waitUntil('a run of eve', async () =>
      (await runsOf(scheduled)).some(
        ({ status, executedBy }) => status === 'completed' && executedBy === 'eve',
      ),
    );
    await admin.json(first, 'DELETE /internal/security/users/eve');
    const failed = await waitUntil('a failed run', async () =>
      (await runsOf(scheduled)).find(({ status }) => status === 'failed'),
    );
    expect(failed.error?.type).toBe('UserNotAllowed');
  });

  it('a run and the run that it started continue when their process is killed', async () => {
    const { admin } = environment;
    const dying = await environment.addServer();
    const child = await create(`
name: child of killed
triggers: [{ type: manual, inputs: [{ name: n, type: number, required: true }] }]
steps:
  - { name: pause, type: wait, with: { duration: 4s } }
  - { name: end, type: workflow.output, with: { doubled: "\${{ inputs.n | times: 2 }}" } }
`);
    const parent = await create(`
name: parent of killed
triggers: [{ type: manual }]
steps:
  - { name: call, type: workflow.execute, with: { workflow-id: child of killed, inputs: { n: 21 } } }
  - { name: end, type: workflow.output, with: { got: "\${{ steps.call.output.doubled }}" } }
`);
    const id = await run(dying, parent);
    await waitUntil('the child', async () => (await childrenOf(id)).length > 0);
    await dying.kill9();
    expect(await untilEnded(id)).toMatchObject({ status: 'completed', output: { got: 42 } });
    // A search of Elasticsearch finds the end of a run up to a second later.
    await waitUntil('the end of the child in searches', async () =>
      (await childrenOf(id)).every(({ status }) => status === 'completed'),
    );
    expect(await childrenOf(id)).toMatchObject([
      {
        status: 'completed',
        parentExecutionId: id,
        parentStepExecutionId: 'call',
        executedBy: admin.username,
      },
    ]);
    expect(await runsOf(child)).toHaveLength(1);
  });

  it('F81: a request that is sent again after its process was killed has the same content, even with the time in it', async () => {
    const service = await RecordingServer.start();
    // The first request gets no response.
    service.respond = (response) => service.received.length > 1 && response.end();
    try {
      const dying = await environment.addServer();
      const sending = await create(`
name: request with the time
triggers: [{ type: manual }]
steps:
  - { name: put, type: http, with: { url: "${service.origin}/", method: PUT, body: { at: "{{ now | date: '%s%L' }}" } } }
`);
      const id = await run(dying, sending);
      await waitUntil('the first request', async () => service.received.length === 1);
      await dying.kill9();
      expect(await untilEnded(id)).toMatchObject({ status: 'completed' });
      const [sent, repeated] = service.received;
      expect(service.lines).toEqual(['PUT /', 'PUT /']);
      expect(sent?.body).toMatch(/^\{"at":"\d+"\}$/);
      expect(repeated?.body).toBe(sent?.body);
    } finally {
      await service.stop();
    }
  });

  it('a run waits in another process until the previous run of its concurrency group has ended', async () => {
    const { first, second, admin } = environment;
    const grouped = await create(`
name: grouped
settings: { concurrency: { key: "{{ workflow.id }}-{{ inputs.host }}", strategy: queue } }
triggers: [{ type: manual, inputs: [{ name: host, type: string, default: a }] }]
steps: [{ name: ask, type: waitForApproval, with: { message: Continue? } }]
`);
    const before = await run(first, grouped);
    await waitUntil(
      'the first to wait',
      async () => (await read(before)).status === 'waiting_for_input',
    );
    const after = await run(second, grouped);
    expect((await read(after)).status).toBe('queued');
    const path = `POST /api/workflows/executions/${before}/resume` as const;
    await admin.json(second, path, { input: { approved: true } });
    await waitUntil(
      'the second to wait',
      async () => (await read(after)).status === 'waiting_for_input',
    );
    expect((await read(before)).status).toBe('completed');
  });

  it('a failed run starts the workflow that handles failures, as the same user', async () => {
    const { first, admin } = environment;
    const handler = await create(`
name: on failure
triggers: [{ type: workflows.failed, on: { condition: "event.workflow.name: fails" } }]
steps: [{ name: end, type: workflow.output, with: { said: "{{ event.error.message }}" } }]
`);
    const failing = await create(`
name: fails
triggers: [{ type: manual }]
steps: [{ name: end, type: workflow.fail, with: { message: words of the failure } }]
`);
    await untilEnded(await run(first, failing));
    const handled = await waitUntil('the handler', async () =>
      (await runsOf(handler)).find(({ status }) => status === 'completed'),
    );
    expect(await read(handled.id)).toMatchObject({
      executedBy: admin.username,
      triggeredBy: 'workflows.failed',
      output: { said: 'words of the failure' },
    });
  });

  it('a workflow sends requests without a connector to allowed hosts only', async () => {
    const { first, strict } = environment;
    const call = async (url: string) => {
      const { id } = await create(`
name: http
triggers: [{ type: manual }]
steps:
  - { name: get, type: http, with: { url: "${url}" }, on-failure: { continue: true } }
  - name: end
    type: workflow.output
    with: { status: "\${{ steps.get.output.status }}", error: "\${{ steps.get.error }}" }
`);
      return (await untilEnded(await run(first, { id }))).output;
    };
    expect(await call(`${strict.origin}/api/files`)).toMatchObject({
      error: { message: expect.stringContaining('[401]'), details: { status: 401 } },
    });
    expect(await call('http://169.254.169.254/latest')).toMatchObject({
      error: { type: 'ConnectorExecutionError', message: expect.stringContaining('169.254') },
    });
  });

  it('the REST API does not let users send requests without a connector', async () => {
    const { first, admin } = environment;
    const id = 'system-connector-.http-system';
    const execute = await admin.call(first, `POST /api/actions/connector/${id}/_execute`, {
      params: { url: 'https://example.com/' },
    });
    expect(execute.status).toBe(404);
    const body = { name: 'x', connector_type_id: '.http-system', config: {}, secrets: {} };
    expect((await admin.call(first, 'POST /api/actions/connector', body)).status).toBe(400);
  });

  it('cancelling a run cancels the run that it started in another process', async () => {
    const { first, second, admin } = environment;
    await create(`
name: long child
triggers: [{ type: manual }]
steps: [{ name: pause, type: wait, with: { duration: 1h } }]
`);
    const parent = await create(`
name: parent of long
triggers: [{ type: manual }]
steps: [{ name: call, type: workflow.execute, with: { workflow-id: long child } }]
`);
    const id = await run(first, parent);
    await waitUntil(
      'the parent to wait',
      async () => (await read(id)).status === 'waiting_for_child',
    );
    const [child] = await waitUntil('the child to wait', async () => {
      const found = await childrenOf(id);
      return found[0]?.status === 'waiting' && found;
    });
    await admin.call(second, `POST /api/workflows/executions/${id}/cancel`);
    expect(await untilEnded(child?.id ?? '')).toMatchObject({ status: 'cancelled' });
    expect(await read(id)).toMatchObject({ status: 'cancelled' });
  });
});
