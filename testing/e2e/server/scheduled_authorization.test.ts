import { waitUntil } from '@latchkey/core/server/wait_until';
import { createConnector, createUser, driveByOwnApp, TestUser } from '@latchkey/test-environment';
import { onEachStore } from '@latchkey/test-environment/stores';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { startBeforeAll } from '../support/start_before_all.ts';

const workflow = z.object({ id: z.string(), runsAs: z.string() });
const execution = z.object({
  id: z.string(),
  status: z.string(),
  executedBy: z.string(),
  triggeredBy: z.string(),
  output: z.unknown().optional(),
});
const failed = z.object({
  status: z.string(),
  error: z.object({ message: z.string() }).nullish(),
});
const list = z.object({ results: z.array(execution) });
const attention = z.object({
  results: z.array(z.object({ executionId: z.string(), kind: z.string() })),
});

const timed = z.object({
  timings: z.object({
    waitedMs: z.number(),
    tokenMs: z.number(),
    upstreamMs: z.number(),
    overheadMs: z.number(),
  }),
});

const ended = ['completed', 'failed', 'cancelled', 'timed_out'];

onEachStore((store) => {
  const environment = startBeforeAll({
    store,
    processes: 2,
    build: new URL('../builds/schedules_run_often_build.ts', import.meta.url),
    settings: { 'xpack.task_manager.poll_interval': '500ms' },
  });
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

  it('a scheduled run waits for the authorization of the user who saved the workflow, and continues', async () => {
    const { admin, first, second, google } = environment;
    const connector = await createConnector(admin, first, driveByOwnApp(environment));
    const { id, runsAs } = workflow.parse(
      await ana.json(first, 'POST /api/workflows/workflow', {
        yaml: `
name: nightly
triggers: [{ type: scheduled, with: { every: 1m } }]
steps:
  - { name: before, type: data.set, with: { at: "{{ now | date: '%s%L' }}" } }
  - { name: find, type: google_drive.searchFiles, connector-id: ${connector}, with: { query: "trashed=false" } }
  - { name: end, type: workflow.output, with: { files: "\${{ steps.find.output.files | map: 'name' }}", at: "{{ variables.at }}" } }
`,
      }),
    );
    expect(runsAs).toBe('ada');
    const runs = async () =>
      list.parse(await admin.json(second, `GET /api/workflows/workflow/${id}/executions?size=100`))
        .results;
    const waiting = await waitUntil('a scheduled run that waits for its user', async () =>
      (await runs()).find(({ status }) => status === 'waiting_for_authorization'),
    );
    expect(waiting).toMatchObject({ executedBy: 'ada', triggeredBy: 'scheduled' });
    const waitsFor = async (user: TestUser) =>
      attention.parse(await user.json(first, 'GET /internal/workflows/_attention')).results;
    expect(await waitsFor(ana)).toEqual([{ executionId: waiting.id, kind: 'authorization' }]);
    expect(await waitsFor(ben)).toEqual([]);

    // An authorization of another user does not continue the run.
    expect((await ben.connect(first, connector)).status).toBe(200);
    const ofBen = z
      .object({ workflowExecutionId: z.string() })
      .parse(await ben.json(first, `POST /api/workflows/workflow/${id}/run`, { inputs: {} }));
    const read = async (user: TestUser, run: string) =>
      execution.parse(
        await user.json(second, `GET /api/workflows/executions/${run}?includeOutput=true`),
      );
    const untilEnded = (user: TestUser, run: string) =>
      waitUntil(`execution [${run}] to end`, async () => {
        const found = await read(user, run);
        return ended.includes(found.status) && found;
      });
    const other = await untilEnded(ben, ofBen.workflowExecutionId);
    expect(other).toMatchObject({ status: 'completed', executedBy: 'bob' });
    expect((await read(ana, waiting.id)).status).toBe('waiting_for_authorization');

    // The timings are in milliseconds, and a fast provider responds in less than one.
    const slow = { kind: 'delay', delayMs: 20, when: 'before_acting' } as const;
    google.failNext({ endpoint: 'drive', times: 100, fault: slow });
    const connectedAt = Date.now();
    expect((await ana.connect(first, connector)).status).toBe(200);
    const completed = await untilEnded(ana, waiting.id);
    expect(completed).toMatchObject({ status: 'completed', triggeredBy: 'scheduled' });
    const output = z.object({ files: z.array(z.string()), at: z.string() });
    const { files, at } = output.parse(completed.output);
    expect(files).not.toHaveLength(0);
    expect(files).not.toEqual(output.parse(other.output).files);
    // The run continued at the step that waited: the step before it was not executed again.
    expect(Number(at)).toBeLessThan(connectedAt);
    // The timings of the call do not include the wait for the authorization.
    const step = timed.parse(
      await ana.json(second, `GET /api/workflows/executions/${waiting.id}/step/find`),
    );
    const { waitedMs, tokenMs, upstreamMs, overheadMs } = step.timings;
    expect(upstreamMs).toBeGreaterThan(0);
    expect(tokenMs).toBeGreaterThanOrEqual(0);
    expect(waitedMs + tokenMs + upstreamMs + overheadMs).toBeLessThan(Date.now() - connectedAt);
    // Runs at later occurrences of the schedule do not wait for a user.
    await waitUntil('the next scheduled run', async () =>
      (await runs()).some(
        (run) =>
          run.id !== waiting.id && run.triggeredBy === 'scheduled' && run.status === 'completed',
      ),
    );
  });

  it('a run that waits for an authorization fails when the connector is deleted, and names it', async () => {
    const { admin, first, second } = environment;
    const connector = await createConnector(admin, first, driveByOwnApp(environment));
    const { id } = workflow.pick({ id: true }).parse(
      await ana.json(first, 'POST /api/workflows/workflow', {
        yaml: `
name: find
triggers: [{ type: manual }]
steps:
  - { name: find, type: google_drive.searchFiles, connector-id: ${connector}, with: { query: "trashed=false" } }
`,
      }),
    );
    const { workflowExecutionId: run } = z
      .object({ workflowExecutionId: z.string() })
      .parse(await ana.json(first, `POST /api/workflows/workflow/${id}/run`, { inputs: {} }));
    const untilStatus = (statuses: readonly string[]) =>
      waitUntil(`the status ${statuses.join(' or ')}`, async () => {
        const found = failed.parse(
          await ana.json(second, `GET /api/workflows/executions/${run}?includeOutput=true`),
        );
        return statuses.includes(found.status) && found;
      });
    await untilStatus(['waiting_for_authorization']);
    await admin.call(first, `DELETE /api/actions/connector/${connector}`);
    const { status, error } = await untilStatus(ended);
    expect(status).toBe('failed');
    expect(error?.message).toContain(connector);
  });
});
