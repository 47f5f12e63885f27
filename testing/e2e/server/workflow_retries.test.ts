import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  createUser,
  revocableStrictFiles,
  TestUser,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

const started = z.object({ workflowExecutionId: z.string() });
const execution = z.looseObject({
  id: z.string(),
  status: z.string(),
  retryOf: z.string().optional(),
  stepExecutions: z.array(
    z.looseObject({ id: z.string(), stepId: z.string(), status: z.string() }),
  ),
});
const FINAL = ['completed', 'failed', 'cancelled', 'timed_out'];

onEachStore((store) => {
  const environment = startBeforeAll({ store });
  const ana = new TestUser({ username: 'ada', password: 'ada-password-7c41', account: 'ana' });
  const ben = new TestUser({ username: 'bob', password: 'bob-password-93fe', account: 'ben' });
  let connector: string;
  beforeAll(async () => {
    const { admin, first, strict } = environment;
    await admin.json(first, 'PUT /api/security/role/workflow_user', {
      kibana: [{ feature: { actions: ['read'], workflows: ['all'] }, spaces: ['*'] }],
    });
    for (const user of [ana, ben]) {
      await createUser(admin, first, user, ['workflow_user']);
      await user.logIn(first);
    }
    connector = await createConnector(admin, first, revocableStrictFiles({ strict }));
    for (const user of [ana, ben]) expect((await user.connect(first, connector)).status).toBe(200);
  });
  beforeEach(() => environment.strict.clearRequests());

  const called = () =>
    environment.strict.requests().filter(({ path }) => path.startsWith('/api/files')).length;
  const request = (name: string) =>
    `- { name: ${name}, type: custom_api.request, connector-id: ${connector}, with: { path: /files } }`;
  const textOf = (...steps: readonly string[]) =>
    `name: retry\ntriggers: [{ type: manual, inputs: { properties: { x: { type: number } } } }]\nsteps:\n${steps.map((step) => `  ${step}\n`).join('')}`;
  const FAIL = '- { name: end, type: workflow.fail, with: { message: no } }';
  const OUTPUT = `- { name: end, type: workflow.output, with: { status: "\${{ steps.a.output.status }}" } }`;

  const create = async (yaml: string): Promise<string> =>
    z
      .looseObject({ id: z.string() })
      .parse(await ana.json(environment.first, 'POST /api/workflows/workflow', { yaml })).id;
  const untilEnded = async (user: TestUser, id: string) => {
    let found: z.infer<typeof execution> | undefined;
    await waitUntil(`execution [${id}] to end`, async () => {
      const path =
        `GET /api/workflows/executions/${id}?includeInput=true&includeOutput=true` as const;
      found = execution.parse(await user.json(environment.first, path));
      return FINAL.includes(found.status);
    });
    if (found === undefined) throw new Error('no execution');
    return found;
  };
  const start = async (user: TestUser, what: `POST ${string}`, body: object) => {
    const { workflowExecutionId } = started.parse(await user.json(environment.first, what, body));
    return untilEnded(user, workflowExecutionId);
  };
  const run = (id: string, body: object = {}) =>
    start(ana, `POST /api/workflows/workflow/${id}/run`, body);
  const retry = (id: string, body: object) =>
    start(ana, `POST /api/workflows/executions/${id}/retry`, body);
  const refusal = async (user: TestUser, id: string, body: object) => {
    const path = `POST /api/workflows/executions/${id}/retry` as const;
    const { status, text } = await user.call(environment.first, path, body);
    return [status, z.object({ attributes: z.unknown() }).parse(JSON.parse(text)).attributes];
  };

  describe('a retry', () => {
    it('continues with the corrected step and does not repeat earlier calls', async () => {
      const id = await create(textOf(request('a'), FAIL));
      const failed = await run(id);
      expect([failed.status, called()]).toEqual(['failed', 1]);
      expect(await retry(failed.id, { mode: 'failed-step' })).toMatchObject({ status: 'failed' });
      const { first } = environment;
      await ana.json(first, `PUT /api/workflows/workflow/${id}`, {
        yaml: textOf(request('a'), OUTPUT),
      });
      const ended = await retry(failed.id, { mode: 'failed-step', yaml: 'current' });
      expect(ended).toMatchObject({
        status: 'completed',
        retryOf: failed.id,
        output: { status: 200 },
        stepExecutions: [{ stepId: 'a' }, { stepId: 'end' }],
      });
      expect(called()).toBe(1);
    });

    it('begins at a chosen step, or at the start, and executes from there', async () => {
      const id = await create(textOf(request('a'), request('b'), OUTPUT));
      const ended = await run(id);
      expect(called()).toBe(2);
      const fromStep = { mode: 'from-step', fromStepExecutionId: 'b' };
      expect(await retry(ended.id, fromStep)).toMatchObject({ status: 'completed' });
      expect(called()).toBe(3);
      expect(await retry(ended.id, { ...fromStep, recorded: false })).toMatchObject({
        status: 'completed',
      });
      expect(called()).toBe(5);
      expect(await retry(ended.id, { mode: 'whole', inputs: { x: 2 } })).toMatchObject({
        status: 'completed',
        input: { x: 2 },
      });
      expect(called()).toBe(7);
    });

    it('is refused if a step whose result would be reused has changed', async () => {
      const id = await create(textOf(request('a'), FAIL));
      const failed = await run(id);
      await ana.json(environment.first, `PUT /api/workflows/workflow/${id}`, {
        yaml: textOf(request('a').replace('/files', '/files?x=1'), OUTPUT),
      });
      const current = { mode: 'failed-step', yaml: 'current' };
      const notPossible = [400, { code: 'retry_not_possible' }];
      expect(await refusal(ana, failed.id, current)).toEqual(notPossible);
      const whole = { mode: 'whole', yaml: 'current' };
      expect(await retry(failed.id, whole)).toMatchObject({ status: 'completed' });
      expect(await refusal(ana, failed.id, { mode: 'from-step' })).toEqual(notPossible);
    });

    it('reuses inputs and results only of executions of the same user', async () => {
      const failed = await run(await create(textOf(request('a'), FAIL)));
      for (const body of [{ mode: 'failed-step' }, { mode: 'whole' }])
        expect(await refusal(ben, failed.id, body)).toEqual([
          403,
          { code: 'execution_of_other_user' },
        ]);
      const path = `POST /api/workflows/executions/${failed.id}/retry` as const;
      expect(await start(ben, path, { mode: 'whole', inputs: {} })).toMatchObject({
        status: 'failed',
        executedBy: 'bob',
      });
      expect(called()).toBe(2);
    });

    it('is refused while the execution has not ended', async () => {
      const { first } = environment;
      const id = await create(textOf('- { name: pause, type: wait, with: { duration: 1h } }'));
      const path = `POST /api/workflows/workflow/${id}/run` as const;
      const { workflowExecutionId } = started.parse(await ana.json(first, path, {}));
      expect(await refusal(ana, workflowExecutionId, { mode: 'whole' })).toEqual([
        409,
        { code: 'execution_not_ended' },
      ]);
      await ana.json(first, `POST /api/workflows/executions/${workflowExecutionId}/cancel`);
    });
  });

  it('an execution can be exported as a fixture by its user only', async () => {
    const { first } = environment;
    const ended = await run(await create(textOf(request('a'), OUTPUT)));
    const path = `GET /api/workflows/executions/${ended.id}/fixture` as const;
    expect(await ana.json(first, path)).toMatchObject({
      actions: [{ connectorTypeId: '.custom_api', name: 'request' }],
      steps: [{ id: 'a', input: { path: '/files' }, output: { status: 200 } }, { id: 'end' }],
      outcome: { status: 'completed', output: { status: 200 } },
    });
    const { status, headers, text } = await ana.call(first, `${path}?format=yaml`);
    expect([status, headers['content-type']]).toEqual([200, 'application/yaml; charset=utf-8']);
    expect(text).toContain('workflow: |\n  name: retry\n');
    expect((await ben.call(first, path)).status).toBe(403);
  });

  it('a dry run sends no request, and shows the final input of each call', async () => {
    const yaml = textOf(
      request('a'),
      request('b').replace('/files', '"/files/{{ inputs.x }}{{ steps.a.output.body.id }}"'),
    );
    const end =
      '- { name: end, type: workflow.output, with: { id: "${{ steps.b.output.body.id }}" } }';
    const declared = `${yaml}  ${end}\noutputs: [{ name: id, type: string, required: true }]\n`;
    const expected = {
      status: 'completed',
      isDryRun: true,
      stepExecutions: [
        { stepId: 'a', status: 'completed', input: { path: '/files' }, output: null },
        { stepId: 'b', status: 'completed', input: { path: '/files/7' }, output: null },
        { stepId: 'end', status: 'completed' },
      ],
    };
    const body = { inputs: { x: 7 }, dryRun: true };
    expect(await run(await create(declared), body)).toMatchObject(expected);
    const test = { ...body, workflowYaml: declared };
    expect(await start(ana, 'POST /api/workflows/test', test)).toMatchObject(expected);
    expect(called()).toBe(0);
  });
});
