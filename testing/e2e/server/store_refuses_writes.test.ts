import { waitUntil } from '@latchkey/core/server/wait_until';
import {
  createConnector,
  createUser,
  filesOwner,
  listStrictFiles,
  type ServerProcess,
  strictFiles,
  strictOwner,
  TestUser,
  within,
} from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { failed, listFilesAtOnce } from '../support/executions.ts';
import { connectWithExpiredToken, letTokenExpire } from '../support/expired_token.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const CALLERS = 20;
/** Servers try to save again every few seconds; busy machines take longer. */
const SAVED_WITHIN_MS = 120_000;

const workflow = z.object({ id: z.string() });
const started = z.object({ workflowExecutionId: z.string() });
const tests = z.object({ total: z.number() });
const execution = z.object({
  status: z.string(),
  stepExecutions: z.array(z.object({ stepId: z.string(), status: z.string() })),
});

onEachStore((store) => {
  const environment = startBeforeAll({ store, processes: 2 });
  /** A user who may run workflows. */
  const ada = new TestUser({ username: 'ada', password: 'ada-password-7c41', account: 'ana' });
  let allowWrites: (() => Promise<void>) | undefined;
  beforeAll(async () => {
    const { admin, first } = environment;
    await admin.json(first, 'PUT /api/security/role/workflow_user', {
      kibana: [{ feature: { actions: ['read'], workflows: ['all'] }, spaces: ['*'] }],
    });
    await createUser(admin, first, ada, ['workflow_user']);
    await ada.logIn(first);
  });
  afterEach(async () => {
    await allowWrites?.();
    allowWrites = undefined;
    environment.strict.clearFaults();
    environment.strict.clearRequests();
  });

  const statusOf = async (server: ServerProcess) => {
    const response = await environment.admin.call(server, 'GET /api/status');
    return { status: response.status, text: response.text };
  };

  const untilAvailable = (server: ServerProcess) =>
    waitUntil('an available server', async () => (await statusOf(server)).status === 200);

  describe.each(store.refusals)('the server, when the store $when,', ({ refuse, advice }) => {
    it('G90: spends no token, asks no user to authorize, and recovers by itself', async () => {
      const { ana, strict, first, second, admin } = environment;
      const connector = await connectWithExpiredToken(environment);
      allowWrites = await refuse(environment);
      const [created] = await Promise.all([
        admin.call(first, 'POST /api/actions/connector', strictFiles(environment)),
        ...[first, second].map((server) => hasTemporaryError(server, connector, advice)),
      ]);
      expect(created.status).toBe(503);
      expect(Number(created.headers['retry-after'])).toBeGreaterThan(0);
      expect(strict.tokenRequests()).toEqual([]);

      await allowWrites();
      allowWrites = undefined;
      await untilAvailable(first);
      await untilAvailable(second);
      expect(await filesOwner(ana, second, connector)).toBe('ana@example.com');
      expect(strict.tokenRequests()).toHaveLength(1);
    });

    it('G90: keeps tokens that it cannot save in memory, uses them, logs an alarm, and saves them later', async () => {
      const { ana, strict, first, second } = environment;
      const connector = await connectWithExpiredToken(environment);
      const alarms = await alarmsOf(first);
      // The provider has acted on the token request, and its response has not arrived yet when the
      // store begins to refuse writes.
      const response = strict.holdNext({ endpoint: 'token', when: 'after_acting' });
      const begun = ana.execute(first, connector, listStrictFiles);
      await waitUntil('the token call', () => response.isHolding);
      allowWrites = await refuse(environment);
      response.release();
      expect(strictOwner(await begun)).toBe('ana@example.com');
      const served = await listFilesAtOnce(ana, [first], { connector, count: CALLERS });
      expect(new Set(served.map(strictOwner))).toEqual(new Set(['ana@example.com']));
      expect(await alarmsOf(first)).toBe(alarms + 1);
      await first.waitForOutput(`Fresh tokens of connector [${connector}] could not be stored`);

      await allowWrites();
      allowWrites = undefined;
      await within('the saving', SAVED_WITHIN_MS, untilSaved(connector));
      // The tokens were really saved, because another process uses them after the first one has
      // stopped.
      const late = await ana.execute(second, connector, listStrictFiles);
      expect(strictOwner(late)).toBe('ana@example.com');
      expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
      expect(strict.isGrantAlive('ana')).toBe(true);
      await letTokenExpire(strict, ana, { server: second, connector });
      expect(await filesOwner(ana, second, connector)).toBe('ana@example.com');
    });

    it('starts no execution of a workflow, and completes one in progress when the store accepts writes again', async () => {
      const { admin, first, second, strict } = environment;
      const connector = await createConnector(admin, first, strictFiles({ strict }));
      expect((await ada.connect(first, connector)).status).toBe(200);
      const { id } = workflow.parse(
        await ada.json(first, 'POST /api/workflows/workflow', { yaml: callsOnce(connector) }),
      );
      const run = `POST /api/workflows/workflow/${id}/run` as const;
      strict.clearRequests();
      const call = strict.holdNext({ endpoint: 'api', when: 'after_acting' });
      const { workflowExecutionId } = started.parse(await ada.json(first, run, { inputs: {} }));
      await waitUntil('the call', () => call.isHolding);

      allowWrites = await refuse(environment);
      call.release();
      const refused = await ada.call(first, run, { inputs: {} });
      expect(refused.status).toBe(503);
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      const read = async (server: ServerProcess) =>
        execution.parse(
          await ada.json(server, `GET /api/workflows/executions/${workflowExecutionId}`),
        );
      expect(await read(second)).toMatchObject({ status: 'running' });

      await allowWrites();
      allowWrites = undefined;
      await within(
        'the end of the execution',
        SAVED_WITHIN_MS,
        waitUntil('a result', async () => (await read(second)).status !== 'running'),
      );
      expect(await read(second)).toEqual({
        status: 'completed',
        stepExecutions: [
          { stepId: 'call', status: 'completed' },
          { stepId: 'end', status: 'completed' },
        ],
      });
      expect(strict.requests({ endpoint: 'api' })).toHaveLength(1);
    });

    it('starts no test of a step, and completes one in progress, with this step only, when the store accepts writes again', async () => {
      const { admin, first, second, strict } = environment;
      const connector = await createConnector(admin, first, strictFiles({ strict }));
      expect((await ada.connect(first, connector)).status).toBe(200);
      const test = 'POST /api/workflows/step/test' as const;
      const body = { workflowYaml: callsOnce(connector), stepId: 'call' };
      const testsOf = async () =>
        tests.parse(await ada.json(second, 'GET /api/workflows/executions?executionTypes=test'))
          .total;
      const before = await testsOf();
      strict.clearRequests();
      const call = strict.holdNext({ endpoint: 'api', when: 'after_acting' });
      const { workflowExecutionId } = started.parse(await ada.json(first, test, body));
      await waitUntil('the call', () => call.isHolding);

      allowWrites = await refuse(environment);
      call.release();
      const refused = await ada.call(first, test, body);
      expect(JSON.parse(refused.text)).toMatchObject({
        statusCode: 503,
        message: expect.stringMatching(/store/i),
      });
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      const read = async () =>
        execution.parse(
          await ada.json(second, `GET /api/workflows/executions/${workflowExecutionId}`),
        );
      // The result is not stored, so the test does not claim to have ended.
      expect((await read()).status).toBe('running');

      await allowWrites();
      allowWrites = undefined;
      await within(
        'the end of the test',
        SAVED_WITHIN_MS,
        waitUntil('a result', async () => (await read()).status !== 'running'),
      );
      expect(await read()).toEqual({
        status: 'completed',
        stepExecutions: [{ stepId: 'call', status: 'completed' }],
      });
      // Nothing is left of the refused test, and no call was repeated.
      await waitUntil('the list of the test', async () => (await testsOf()) > before);
      expect(await testsOf()).toBe(before + 1);
      expect(strict.requests({ endpoint: 'api' })).toHaveLength(1);
    });
  });

  async function hasTemporaryError(
    server: ServerProcess,
    connector: string,
    advice: RegExp,
  ): Promise<void> {
    const { ana } = environment;
    const refused = await ana.execute(server, connector, listStrictFiles);
    expect(refused).toEqual(
      failed(connector, {
        service_message: expect.stringMatching(/nobody needs to authorize again/i),
        retry: true,
        errorSource: 'framework',
      }),
    );
    // Documents that were written earlier can still be read, and the connection status is
    // unchanged.
    expect(await ana.status(server, connector)).toMatchObject({
      user_auth_status: 'connected',
      connection_status: expect.not.stringMatching(/needs_reauth/),
    });
    const { status, text } = await statusOf(server);
    expect(status).toBe(503);
    expect(text).toMatch(advice);
  }

  const untilSaved = (connector: string) =>
    waitUntil('saved tokens', async () => {
      const status = await environment.ana.status(environment.second, connector);
      return Date.parse(String(status?.expires_at)) > Date.now();
    });

  /** Returns the number of failed attempts of this process to save new tokens. */
  async function alarmsOf(server: ServerProcess): Promise<number> {
    const { text } = await environment.admin.call(server, 'GET /metrics');
    const line = /^latchkey_grant_events_total\{event="refresh_unsaved"\} (\d+)$/m.exec(text);
    return Number(line?.[1] ?? 0);
  }
});

/** A workflow that calls a service, and stores the result. */
function callsOnce(connector: string): string {
  return `
name: calls once
triggers: [{ type: manual }]
steps:
  - { name: call, type: custom_api.request, connector-id: ${connector}, with: { path: /files } }
  - { name: end, type: workflow.output, with: { status: "\${{ steps.call.output.status }}" } }
`;
}
