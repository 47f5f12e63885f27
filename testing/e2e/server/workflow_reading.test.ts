import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  createUser,
  type Reachable,
  revocableStrictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

const ASK = `
name: ask
triggers: [{ type: manual }]
steps:
  - { name: log, type: console, with: { message: private words } }
  - { name: ask, type: waitForApproval, with: { message: Continue?, approveLabel: Yes } }
`;
/**
 * A workflow that ends after a loop and 1,202 other steps, with an output that is so long that it
 * has its own document.
 */
const LONG = `
name: long
triggers: [{ type: manual }]
steps:
  - name: many
    type: foreach
    foreach: "\${{ inputs.members }}"
    steps:
      - { name: each, type: data.set, with: { text: "{{ foreach.item }}" } }
  - { name: large, type: data.set, with: { text: "\${{ inputs.text }}" } }
  - { name: end, type: workflow.output, with: { text: "\${{ inputs.text }}" } }
inputs:
  - { name: members, type: array }
  - { name: text, type: string }
`;
/** A workflow that waits for input inside a loop and a condition. */
const INSIDE = `
name: inside
triggers: [{ type: manual }]
steps:
  - name: each
    type: foreach
    foreach: [1, 2]
    steps:
      - { name: log, type: console, with: { message: private words } }
      - name: check
        type: if
        condition: "\${{ foreach.item > 1 }}"
        steps: [{ name: ask, type: waitForApproval }]
`;
/** A workflow that waits for input; executions of the same customer wait for each other. */
const GROUPED = `
name: grouped
triggers: [{ type: manual }]
settings: { concurrency: { key: "customer-{{ inputs.customer }}", strategy: queue } }
inputs:
  - { name: customer, type: string }
  - { name: each, type: number }
steps: [{ name: ask, type: waitForApproval }]
`;
const VALUES = '?includeInput=true&includeOutput=true';
/** Maximum milliseconds of a hold. The product ends a call after a minute. */
const HOLD_MS = 60_000;
const TEXT = 'private '.repeat(3_000);

/**
 * A workflow that fails in the last iteration of a loop, at a step that has failed in the first
 * iteration too.
 */
const FAILS_LATE = `
name: fails late
triggers: [{ type: manual }]
steps:
  - name: many
    type: foreach
    foreach: "\${{ inputs.members }}"
    steps:
      - name: parse
        type: data.parseJson
        source: "{{ foreach.item }}"
        on-failure: { continue: "\${{ foreach.item != '{' }}" }
inputs:
  - { name: members, type: array }
`;

const stepPage = z.object({
  total: z.number(),
  results: z.array(z.object({ stepId: z.string(), output: z.unknown().optional() })),
});
const started = z.object({ workflowExecutionId: z.string() });
const listed = z.object({
  total: z.number(),
  results: z.array(z.object({ id: z.string(), status: z.string() })),
});
const details = z.object({
  status: z.string(),
  isReadable: z.boolean(),
  output: z.object({ text: z.string() }).optional(),
  stepExecutions: z.array(
    z.object({
      id: z.string(),
      stepId: z.string(),
      output: z.unknown().optional(),
      workflowRunId: z.string(),
      spaceId: z.string(),
      isTestRun: z.boolean(),
      globalExecutionIndex: z.number(),
      stepExecutionIndex: z.number(),
    }),
  ),
  stepExecutionsTruncatedCount: z.number(),
  failedStepExecution: z.looseObject({ stepId: z.string() }).optional(),
  waits: z.array(z.looseObject({ kind: z.string() })),
  currentSteps: z.array(z.object({ stepId: z.string() })),
});

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    processes: 2,
    settings: {
      'xpack.workflows.executions.maxActive': 2,
      'xpack.workflows.executions.maxActivePerUser': 6,
    },
  });
  const ana = new TestUser({ username: 'ada', password: 'ada-password-7c41', account: 'ana' });
  const ben = new TestUser({ username: 'bob', password: 'bob-password-93fe', account: 'ben' });
  const program = new TestUser({ username: 'a program', password: '' });
  beforeAll(async () => {
    const { admin, first } = environment;
    await admin.json(first, 'PUT /api/security/role/workflow_user', {
      kibana: [
        { feature: { actions: ['read'], workflows: ['all'], api_keys: ['all'] }, spaces: ['*'] },
      ],
    });
    for (const user of [ana, ben]) {
      await createUser(admin, first, user, ['workflow_user']);
      await user.logIn(first);
    }
  });

  const create = async (yaml: string): Promise<string> =>
    z
      .object({ id: z.string(), valid: z.literal(true) })
      .parse(
        await environment.admin.json(environment.first, 'POST /api/workflows/workflow', { yaml }),
      ).id;
  const run = async (user: TestUser, id: string, inputs = {}): Promise<string> =>
    started.parse(
      await user.json(environment.first, `POST /api/workflows/workflow/${id}/run`, { inputs }),
    ).workflowExecutionId;
  const read = async (
    user: TestUser,
    id: string,
    { query = '', server = environment.first }: { query?: string; server?: Reachable } = {},
  ) => details.parse(await user.json(server, `GET /api/workflows/executions/${id}${query}`));
  const until = (user: TestUser, id: string, status: string) =>
    waitUntil(`execution [${id}] to be ${status}`, async () => {
      return (await read(user, id)).status === status;
    });
  const list = async (user: TestUser, query: string) =>
    listed.parse(
      await user.json(environment.second, `GET /api/workflows/executions?${query}` as const),
    );

  it('the API also returns the step that failed when it is not among the first 500 steps', async () => {
    const members = Array.from({ length: 700 }, (_, index) => (index === 0 ? '[' : '1'));
    const id = await run(ana, await create(FAILS_LATE), { members: [...members, '{'] });
    await until(ana, id, 'failed');
    const { failedStepExecution } = await read(ana, id, { server: environment.second });
    expect(failedStepExecution).toMatchObject({
      stepId: 'parse',
      status: 'failed',
      scopeStack: [{ step: 'many', index: 700 }],
      error: { type: 'InvalidJson' },
    });
  });

  it('the API returns a long execution by pages, and its inputs and outputs only when asked', async () => {
    const { admin, second } = environment;
    const members = Array.from({ length: 1_200 }, (_, index) => `m${index}`);
    const id = await run(ana, await create(LONG), { members, text: TEXT });
    await until(ana, id, 'completed');
    const short = await read(ana, id, { server: second });
    expect(short.stepExecutions).toHaveLength(500);
    expect(short.stepExecutionsTruncatedCount).toBe(703);
    expect(JSON.stringify(short)).not.toContain('private');
    const whole = await read(ana, id, { query: VALUES, server: second });
    expect(whole.output).toEqual({ text: TEXT });
    expect(whole.stepExecutions[499]).toMatchObject({
      output: { text: 'm499' },
      workflowRunId: id,
      spaceId: 'default',
      isTestRun: false,
      globalExecutionIndex: 499,
      stepExecutionIndex: 499,
    });
    const pages = `GET /api/workflows/executions/${id}/steps?size=500&page=3` as const;
    const last = stepPage.parse(await ana.json(second, `${pages}&includeOutput=true`));
    expect(last.total).toBe(1_203);
    expect(last.results).toHaveLength(203);
    expect(last.results[0]).toMatchObject({ output: { text: 'm1000' } });
    expect(last.results.at(-1)).toMatchObject({ stepId: 'end' });
    // Without the parameter, and for other users, the response contains no values.
    expect(JSON.stringify(await ana.json(second, pages))).not.toContain('m1000');
    const ofBen = await ben.json(second, `${pages}&includeOutput=true`);
    expect(JSON.stringify(ofBen)).not.toContain('m1000');
    const step = `GET /api/workflows/executions/${id}/step/large` as const;
    expect(await ana.json(second, step)).toMatchObject({
      output: { text: TEXT },
      workflowRunId: id,
    });
    const logs = `GET /api/workflows/executions/${id}/logs?page=13&size=100` as const;
    expect(await ana.json(second, logs)).toMatchObject({
      total: 1_203,
      logs: [
        { message: 'Step [many] completed' },
        { message: 'Step [large] completed' },
        { message: 'Step [end] completed' },
      ],
    });
    // Other users see no values, except users with the privilege to read them, such as the
    // administrator.
    const others = await read(ben, id, { query: VALUES });
    expect([others.isReadable, JSON.stringify(others).includes('private')]).toEqual([false, false]);
    expect(await ben.json(second, step)).not.toHaveProperty('output');
    const byAdmin = await read(admin, id, { query: VALUES });
    expect(byAdmin.output).toEqual({ text: TEXT });
  });

  it('the API returns loops and conditions that have begun and that have ended', async () => {
    const { second } = environment;
    const workflow = await create(INSIDE);
    const id = await run(ana, workflow);
    await until(ana, id, 'waiting_for_input');
    const path = `/api/workflows/executions/${id}` as const;
    const shown = async () =>
      z
        .object({ stepExecutions: z.array(z.object({ id: z.string(), status: z.string() })) })
        .parse(await ana.json(second, `GET ${path}`))
        .stepExecutions.map((step) => `${step.id} ${step.status}`);
    const ended = ['each[0]/log completed', 'each[0]/check completed', 'each[1]/log completed'];
    const open = ['each running', 'each[1]/check running', 'each[1]/ask waiting_for_input'];
    expect(await shown()).toEqual([...ended, ...open]);
    expect(await ana.json(second, `GET ${path}/step/each`)).toMatchObject({
      stepType: 'foreach',
      status: 'running',
    });
    const logOf = (key: string) =>
      ana.json(second, `GET ${path}/logs?stepExecutionId=${encodeURIComponent(key)}`);
    expect(await logOf('each[0]/log')).toMatchObject({
      total: 1,
      logs: [
        {
          stepExecutionId: 'each[0]/log',
          stepId: 'log',
          stepName: 'log',
          connectorType: 'console',
          duration: expect.any(Number),
          additionalData: { executionId: id },
        },
      ],
    });
    const secondLog = await ana.json(
      second,
      `GET ${path}/step/${encodeURIComponent('each[1]/log')}`,
    );
    expect(secondLog).toMatchObject({ globalExecutionIndex: 2, stepExecutionIndex: 1 });
    expect(await logOf('each')).toMatchObject({ total: 0, logs: [] });
    // Older versions of Kibana use this path.
    const before = `POST /api/workflowExecutions/${id}/resume` as const;
    expect(await ana.json(second, before, { approved: true })).toMatchObject({
      success: true,
      executionId: id,
    });
    await until(ana, id, 'completed');
    const inner = ['each[1]/ask completed', 'each[1]/check completed'];
    expect(await shown()).toEqual([...ended, ...inner, 'each completed']);
    const step = `GET ${path}/step/${encodeURIComponent('each[1]/check')}` as const;
    const check = await ana.json(second, step);
    expect(check).toMatchObject({
      stepId: 'check',
      stepType: 'if',
      scopeStack: [{ step: 'each', kind: 'iteration', index: 1 }],
      executionTimeMs: expect.any(Number),
    });
    expect(
      await ana.json(second, `GET ${path}?includeInput=true&includeOutput=true`),
    ).toMatchObject({
      yaml: INSIDE,
      workflowDefinition: { name: 'inside', steps: [{ name: 'each', type: 'foreach' }] },
      startedAt: expect.any(String),
      stepExecutionIds: expect.arrayContaining(['each[1]/ask', 'each']),
      stepExecutions: expect.arrayContaining([
        expect.objectContaining({
          id: 'each[1]/ask',
          topologicalIndex: 3,
          hitl: { respondedBy: 'ada', respondedAt: expect.any(String) },
        }),
        expect.objectContaining({ id: 'each', state: { items: [1, 2], total: 2 } }),
      ]),
    });
    expect(await ben.json(second, `GET ${path}`)).toMatchObject({ yaml: INSIDE });
    const short = await ana.json(second, `GET ${path}?includeDefinition=false`);
    expect(short).not.toHaveProperty('yaml');
    const loop = `GET ${path}/step/each` as const;
    expect(await ana.json(second, loop)).toMatchObject({ output: { items: [1, 2], total: 2 } });
    expect(await ben.json(second, loop)).not.toHaveProperty('output');
    // The workflow's text is replaced, because the former text may contain what a user removed from
    // it.
    await environment.admin.json(second, `PUT /api/workflows/workflow/${workflow}`, {
      yaml: `${INSIDE}# changed\n`,
    });
    expect(await ben.json(second, `GET ${path}`)).not.toHaveProperty('yaml');
    expect(await ana.json(second, `GET ${path}`)).toMatchObject({ yaml: INSIDE });
  });

  it('the API returns the text of a test run only to the user who started it', async () => {
    const { first } = environment;
    const body = { workflowYaml: ASK, inputs: {} };
    const { workflowExecutionId: id } = started.parse(
      await ana.json(first, 'POST /api/workflows/test', body),
    );
    const path = `GET /api/workflows/executions/${id}` as const;
    expect(await ana.json(first, path)).toMatchObject({ yaml: ASK });
    expect(await ben.json(first, path)).not.toHaveProperty('yaml');
    expect(await ben.json(first, path)).not.toHaveProperty('workflowDefinition');
    await ana.call(first, `POST /api/workflows/executions/${id}/cancel`);
    await until(ana, id, 'cancelled');
    expect(await ana.json(first, path)).toMatchObject({
      cancelRequested: true,
      cancelledAt: expect.any(String),
    });
  });

  it('the API tests a stored workflow by its id, as clients of Kibana do', async () => {
    const { first } = environment;
    const test = 'POST /api/workflows/test' as const;
    const { workflowExecutionId: id } = started.parse(
      await ana.json(first, test, { workflowId: await create(ASK), inputs: {} }),
    );
    expect(await ana.json(first, `GET /api/workflows/executions/${id}`)).toMatchObject({
      isTestRun: true,
      yaml: ASK,
    });
    await ana.call(first, `POST /api/workflows/executions/${id}/cancel`);
    expect(await ana.call(first, test, { inputs: {} })).toMatchObject({ status: 400 });
    expect(await ana.call(first, test, { workflowId: 'none' })).toMatchObject({ status: 404 });
  });

  it('the API tests one step with variables of the request, and executes no other step', async () => {
    const { first } = environment;
    const test = 'POST /api/workflows/step/test' as const;
    const body = {
      workflowYaml: INSIDE,
      stepId: 'check',
      contextOverride: { foreach: { item: 0 } },
    };
    const { workflowExecutionId: id } = started.parse(await ben.json(first, test, body));
    await until(ben, id, 'completed');
    expect(await ben.json(first, `GET /api/workflows/executions/${id}`)).toMatchObject({
      isTestRun: true,
      stepId: 'check',
      stepExecutions: [{ stepId: 'check', status: 'completed' }],
    });
    const exported = await ben.json(first, `GET /api/workflows/executions/${id}/fixture`);
    expect(exported).toMatchObject({ facts: { tested: { stepId: 'check' } } });
    const again = { mode: 'whole' };
    const retry = `POST /api/workflows/executions/${id}/retry` as const;
    const { workflowExecutionId: retried } = started.parse(await ben.json(first, retry, again));
    await until(ben, retried, 'completed');
    expect(await ben.json(first, `GET /api/workflows/executions/${retried}`)).toMatchObject({
      stepId: 'check',
      stepExecutions: [{ stepId: 'check' }],
    });
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`v${index}`, 1]));
    const unknown = { ...body, stepId: 'none' };
    expect(await ben.call(first, test, unknown)).toMatchObject({ status: 404 });
    expect(await ben.call(first, test, { stepId: 'check' })).toMatchObject({ status: 400 });
    for (const contextOverride of [{ steps: 'text' }, { inputs: 1 }, { variables: many }])
      expect(await ben.call(first, test, { ...body, contextOverride })).toMatchObject({
        status: 400,
      });
    const resumeInput = { executionContext: { resumeInput: {} } };
    expect(await ben.call(first, test, { ...body, ...resumeInput })).toMatchObject({ status: 200 });
  });

  it('the API continues the test of one step on another process, executes no other step, and shows it to its user only', async () => {
    const { first, second } = environment;
    const test = 'POST /api/workflows/step/test' as const;
    const body = { workflowYaml: INSIDE, stepId: 'ask' };
    const { workflowExecutionId: id } = started.parse(await ben.json(first, test, body));
    await until(ben, id, 'waiting_for_input');
    const execution = `/api/workflows/executions/${id}` as const;
    const approved = { input: { approved: true } };
    expect(await ana.call(second, `POST ${execution}/resume`, approved)).toMatchObject({
      status: 403,
    });
    await ben.json(second, `POST ${execution}/resume`, approved);
    await until(ben, id, 'completed');
    const values = '?includeInput=true&includeOutput=true';
    expect(await ben.json(first, `GET ${execution}${values}`)).toMatchObject({
      stepExecutions: [{ stepId: 'ask', output: { response: { approved: true } } }],
    });
    const shown = await ana.json(first, `GET ${execution}${values}`);
    expect(shown).toMatchObject({ isReadable: false });
    expect(shown).not.toHaveProperty('yaml');
    const retry = `POST ${execution}/retry` as const;
    expect(await ana.call(first, retry, { mode: 'whole' })).toMatchObject({ status: 403 });
  });

  it('the API shows in a dry run of one step what the step would send', async () => {
    const { first } = environment;
    const body = {
      workflowYaml: `
name: one call
triggers: [{ type: manual }]
steps:
  - { name: before, type: console, with: { message: hi } }
  - { name: call, type: http, with: { url: "https://example.invalid/{{ steps.before.output }}" } }
`,
      stepId: 'call',
      contextOverride: { steps: { before: { output: 'given' } } },
      dryRun: true,
    };
    const test = 'POST /api/workflows/step/test' as const;
    const { workflowExecutionId: id } = started.parse(await ben.json(first, test, body));
    await until(ben, id, 'completed');
    const execution = `GET /api/workflows/executions/${id}?includeInput=true` as const;
    expect(await ben.json(first, execution)).toMatchObject({
      isDryRun: true,
      stepId: 'call',
      stepExecutions: [{ stepId: 'call', input: { url: 'https://example.invalid/given' } }],
    });
  });

  it('the API lists tests apart from other executions, and executions by the time of their end', async () => {
    const { first } = environment;
    const workflow = await create(ASK);
    const id = await run(ana, workflow);
    await until(ana, id, 'waiting_for_input');
    const { workflowExecutionId: test } = started.parse(
      await ana.json(first, 'POST /api/workflows/test', { workflowYaml: ASK, inputs: {} }),
    );
    await until(ana, test, 'waiting_for_input');
    const found = async (query: string) => {
      const path = `GET /api/workflows/executions?size=100&${query}` as const;
      const { results } = listed.parse(await ana.json(first, path));
      return results.map((each) => each.id).filter((each) => each === id || each === test);
    };
    await waitUntil('the list of both executions', async () => (await found('')).length === 2);
    expect(await found('executionTypes=test')).toEqual([test]);
    expect(await found('executionTypes=production')).toEqual([id]);
    expect(await found('executionTypes=test&executionTypes=production')).toHaveLength(2);
    expect(await found('finishedAfter=now-1d')).toEqual([]);
    await ana.call(first, `POST /api/workflows/executions/${id}/cancel`);
    await until(ana, id, 'cancelled');
    await waitUntil(
      'the end in the list',
      async () => (await found('finishedAfter=now-1d')).length === 1,
    );
    expect(await found('finishedBefore=now-1d')).toEqual([]);
    expect(await found('finishedAfter=now/y&finishedBefore=now/y')).toEqual([id]);
    expect(await found('finishedBefore=9999-12-31T23:59:59.999Z')).toEqual([id]);
    const refused = 'GET /api/workflows/executions?finishedAfter=' as const;
    for (const date of ['yesterday', 'now%2B999999y', 'now/d-1d'])
      expect(await ana.call(first, `${refused}${date}`)).toMatchObject({ status: 400 });
    await ana.call(first, `POST /api/workflows/executions/${test}/cancel`);
  });

  it('the API filters and sorts executions by their start, at the paths that clients of Kibana use', async () => {
    const { first, second } = environment;
    const workflow = await create(GROUPED);
    const ids: string[] = [];
    // The second execution waits in the queue of its group, so it starts when the first has ended.
    for (const each of [1, 2]) ids.push(await run(ana, workflow, { customer: '7', each }));
    const [id = '', later = ''] = ids;
    await until(ana, id, 'waiting_for_input');
    const listedAs = async (user: TestUser, query: string) => {
      const path = `GET /api/workflows/workflow/executions?workflowId=${workflow}` as const;
      const { results } = listed.parse(await user.json(second, `${path}&${query}`));
      return results.map((each) => each.id);
    };
    const found = (query: string) => listedAs(ana, query);
    await waitUntil('the list of both', async () => (await found('')).length === 2);
    // The list may have both before it has the start of the first one.
    const started = async () => (await found('startedAfter=now-1h')).length > 0;
    await waitUntil('the start in the list', started);
    expect(await found('startedAfter=now-1h')).toEqual([id]);
    await ana.call(first, `POST /api/workflows/executions/${id}/cancel`);
    await until(ana, later, 'waiting_for_input');
    const both = 'startedAfter=now-1h&startedBefore=now/d';
    await waitUntil('both starts in the list', async () => (await found(both)).length === 2);
    const { startedAt } = z
      .object({ startedAt: z.string() })
      .parse(await ana.json(first, `GET /api/workflows/executions/${later}`));
    expect(await found(`startedAfter=${startedAt}`)).toEqual([later]);
    expect(await found(`startedBefore=${startedAt}&sortField=startedAt`)).toEqual([later, id]);
    expect(await found('sortField=startedAt&sortOrder=asc')).toEqual([id, later]);
    expect(await found('startedBefore=now-1h')).toEqual([]);
    const ofWorkflow = `GET /api/workflows/workflow/${workflow}/executions` as const;
    const oldest = `${ofWorkflow}?sortField=createdAt&sortOrder=asc&size=1` as const;
    expect(await ana.json(first, oldest)).toMatchObject({ total: 2, results: [{ id }] });
    const ended = `${ofWorkflow}?sortField=finishedAt&sortOrder=desc&size=1` as const;
    await waitUntil('the end in the list', async () => {
      return listed.parse(await ana.json(first, ended)).results[0]?.id === id;
    });
    expect(await found('concurrencyGroupKey=customer-7')).toEqual([later, id]);
    expect(await found('concurrencyGroupKey=customer-8')).toEqual([]);
    // The key is rendered from inputs, which other users may not read.
    expect(await listedAs(ben, 'concurrencyGroupKey=customer-7')).toEqual([]);
    for (const query of ['collapse=status', 'sortField=duration', 'startedAfter=yesterday'])
      expect(await ana.call(first, `${ofWorkflow}?${query}`)).toMatchObject({ status: 400 });
    await ana.call(first, `POST /api/workflows/executions/${later}/cancel`);
  });

  it('the API returns the log from its end, if the client asks for this order', async () => {
    const { second } = environment;
    const members = Array.from({ length: 70 }, (_, index) => `m${index}`);
    const id = await run(ana, await create(LONG), { members, text: 'x' });
    await until(ana, id, 'completed');
    const logs =
      `GET /api/workflows/executions/${id}/logs?sortField=timestamp&sortOrder=desc` as const;
    expect(await ana.json(second, `${logs}&size=2`)).toMatchObject({
      total: 73,
      logs: [{ stepId: 'end' }, { stepId: 'large' }],
    });
    expect(await ana.json(second, `${logs}&size=36&page=3`)).toMatchObject({
      total: 73,
      logs: [{ stepExecutionId: 'many[0]/each' }],
    });
  });

  it('the API accepts any number of short executions, as soon as earlier ones have ended', async () => {
    const { first, second } = environment;
    const short = await create(
      'name: short\ntriggers: [{ type: manual }]\nsteps: [{ name: log, type: console, with: { message: hi } }]\n',
    );
    const path = `POST /api/workflows/workflow/${short}/run` as const;
    // The limit of this user is 6. Both processes start executions.
    for (let batch = 0; batch < 4; batch += 1) {
      const started = await Promise.all(
        [first, second, first, second, first, second].map((server) => ben.call(server, path, {})),
      );
      expect(started.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200]);
      for (const { text } of started)
        await until(
          ben,
          z.object({ workflowExecutionId: z.string() }).parse(JSON.parse(text)).workflowExecutionId,
          'completed',
        );
    }
  });

  it('the API returns loops of a cancelled execution as cancelled', async () => {
    const { second } = environment;
    const id = await run(ana, await create(INSIDE));
    await until(ana, id, 'waiting_for_input');
    await ana.call(second, `POST /api/workflows/executions/${id}/cancel`);
    const loop = `GET /api/workflows/executions/${id}/step/each` as const;
    expect(await ana.json(second, loop)).toMatchObject({
      status: 'cancelled',
      finishedAt: expect.any(String),
    });
  });

  it('the API finds executions by user, state and workflow, and those that wait for the caller', async () => {
    const { first, second } = environment;
    const workflow = await create(ASK);
    const ids = [await run(ana, workflow), await run(ben, workflow)];
    await until(ana, ids[0] ?? '', 'waiting_for_input');
    await until(ben, ids[1] ?? '', 'waiting_for_input');
    const ofWorkflow = `workflowId=${workflow}`;
    // A search may not find what was written in the last second.
    await waitUntil('both to be found', async () => {
      const found = await list(ana, `${ofWorkflow}&statuses=waiting_for_input`);
      return found.total === 2;
    });
    const own = await list(ana, `${ofWorkflow}&waitingForMe=true`);
    expect(own.results.map(({ id }) => id)).toEqual([ids[0]]);
    const ofBen = await list(
      ana,
      `${ofWorkflow}&executedBy=bob&statuses=running&statuses=waiting_for_input`,
    );
    expect(ofBen.results.map(({ id }) => id)).toEqual([ids[1]]);
    expect((await list(ana, `${ofWorkflow}&from=2100-01-01T00:00:00Z`)).total).toBe(0);
    const attention = await ben.json(second, 'GET /internal/workflows/_attention');
    expect(attention).toMatchObject({
      waiting: 1,
      results: [
        {
          executionId: ids[1],
          workflowName: 'ask',
          kind: 'input',
          savedBy: environment.admin.username,
        },
      ],
    });
    const mine = await read(ana, ids[0] ?? '');
    expect(mine.waits).toMatchObject([
      { kind: 'input', message: 'Continue?', approveLabel: 'Yes' },
    ]);
    expect((await read(ben, ids[0] ?? '')).waits[0]).not.toHaveProperty('message');
    const logs = `GET /api/workflows/executions/${ids[0]}/logs` as const;
    expect(JSON.stringify(await ana.json(first, logs))).toContain('private words');
    expect(JSON.stringify(await ben.json(first, logs))).not.toContain('private words');
    const cancel = `POST /api/workflows/workflow/${workflow}/executions/cancel` as const;
    expect(await ana.json(first, cancel)).toEqual({ cancelled: 2 });
    const cancelled = await ben.json(first, `GET /api/workflows/executions/${ids[1]}` as const);
    expect(cancelled).toMatchObject({
      status: 'cancelled',
      cancellationReason: expect.stringContaining('User ['),
    });
  });

  it('the API shows nothing to an API key that could not have started the execution, and refuses input from this key', async () => {
    const { first } = environment;
    const id = await run(ana, await create(ASK));
    await until(ana, id, 'waiting_for_input');
    const callWithKey = async (feature: object, what: string, body?: object) => {
      const [method = '', path = ''] = what.split(' ');
      const role_descriptors = { limited: { kibana: [{ feature, spaces: ['*'] }] } };
      const { encoded } = z.object({ encoded: z.string() }).parse(
        await ana.json(first, 'POST /internal/security/api_key', {
          name: 'ci',
          role_descriptors,
        }),
      );
      const headers = { authorization: `ApiKey ${encoded}` };
      return program.call(first, { method, path, body, headers });
    };
    const path = `/api/workflows/executions/${id}`;
    const input = { input: { approved: true } };
    for (const feature of [{ workflows: ['read'] }, { workflows: ['all'] }]) {
      const shown = await callWithKey(feature, `GET ${path}?includeOutput=true`);
      expect([shown.status, JSON.parse(shown.text).isReadable]).toEqual([200, false]);
      expect((await callWithKey(feature, `POST ${path}/resume`, input)).status).toBe(403);
    }
    const whole = { workflows: ['all'], actions: ['read'] };
    expect((await callWithKey(whole, `POST ${path}/resume`, input)).status).toBe(200);
    await until(ana, id, 'completed');
  });

  it('the server queues executions when the process has no free slot, and refuses more than a user may have', async () => {
    const { admin, first, second, strict } = environment;
    const connector = await createConnector(admin, first, revocableStrictFiles({ strict }));
    expect((await ana.connect(first, connector)).status).toBe(200);
    const workflow = await create(`
name: slow
triggers: [{ type: manual }]
steps:
  - { name: call, type: custom_api.request, connector-id: ${connector}, with: { path: /files } }
`);
    const holds = [1, 2].map(() => strict.holdNext({ endpoint: 'api', maxMs: HOLD_MS }));
    const ids: string[] = [];
    for (let count = 0; count < 6; count += 1) ids.push(await run(ana, workflow));
    await waitUntil('both calls', () => holds.every(({ isHolding }) => isHolding));
    const states = await Promise.all(ids.map(async (id) => (await read(ana, id)).status));
    const queued = await ana.json(first, `GET /api/workflows/executions/${ids[5]}`);
    expect(queued).not.toHaveProperty('startedAt');
    expect(states).toEqual(['running', 'running', 'queued', 'queued', 'queued', 'queued']);
    await waitUntil('another process to see the call', async () => {
      const { currentSteps } = await read(ana, ids[0] ?? '', { server: second });
      return currentSteps.some(({ stepId }) => stepId === 'call');
    });
    const path = `POST /api/workflows/workflow/${workflow}/run` as const;
    let refused = '';
    // A count may lack executions of the last moments.
    await waitUntil('a refusal', async () => {
      const { status, text } = await ana.call(first, path, { inputs: {} });
      if (status === 200) ids.push(started.parse(JSON.parse(text)).workflowExecutionId);
      refused = text;
      return status === 429;
    });
    expect(refused).toContain('too_many_active_executions');
    const [, , cancelled = ''] = ids;
    await ana.call(second, `POST /api/workflows/executions/${cancelled}/cancel`);
    expect((await read(ana, cancelled)).status).toBe('cancelled');
    for (const hold of holds) hold.release();
    for (const id of ids.filter((each) => each !== cancelled)) await until(ana, id, 'completed');
  });
});
