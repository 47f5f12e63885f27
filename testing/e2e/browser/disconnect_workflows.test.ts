import { waitUntil } from '@latchkey/core/server/wait_until';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { runAxe } from './harness/axe.ts';
import {
  type Connection,
  clickForWindow,
  connectionToDrive,
  googlePages,
  LONG_MS,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const RUN_OFTEN = new URL(
  '../builds/schedules_run_often_and_waits_for_revocations_build.ts',
  import.meta.url,
);

const browser = useChromium();
const environment = useConnectionEnvironment({
  build: RUN_OFTEN,
  settings: { 'xpack.task_manager.poll_interval': '500ms' },
});
const started = z.object({ workflowExecutionId: z.string() });
const runs = z.object({
  results: z.array(z.object({ id: z.string(), status: z.string(), triggeredBy: z.string() })),
});

beforeAll(async () => {
  const { admin, proxy } = environment;
  await admin.json(proxy, 'PUT /api/security/role/connector_user', {
    kibana: [{ feature: { actions: ['read'], workflows: ['all'] }, spaces: ['*'] }],
  });
});

const search = (drive: Connection): string =>
  `{ name: search, type: google_drive.searchFiles, connector-id: ${drive.id}, with: { query: "trashed=false" } }`;

const approvalYaml = (drive: Connection): string => `name: publish after approval
triggers: [{ type: manual }]
steps:
  - { name: ask, type: waitForApproval, with: { message: Publish the list? } }
  - ${search(drive)}
`;

const nightlyYaml = (drive: Connection): string => `name: nightly list
triggers: [{ type: scheduled, with: { every: 1m } }]
steps:
  - ${search(drive)}
`;

async function create(id: string, yaml: string): Promise<void> {
  await environment.ana.json(environment.proxy, 'POST /api/workflows/workflow', { id, yaml });
}

async function runsOf(workflow: string) {
  const path = `GET /api/workflows/workflow/${workflow}/executions?size=100` as const;
  return runs.parse(await environment.ana.json(environment.proxy, path)).results;
}

/** Waits until a run of the workflow has the status, and returns the run. */
const runIn = (workflow: string, status: string) =>
  waitUntil(
    `a run of ${workflow} to be ${status}`,
    async () => (await runsOf(workflow)).find((run) => run.status === status),
    { timeoutMs: LONG_MS },
  );

const waitForText = (page: Page, words: string | RegExp) =>
  page.getByText(words).first().waitFor({ timeout: LONG_MS });

it('a disconnect names the workflows that use the connection; their runs wait for it, and continue when the user connects again', async () => {
  const { ana, proxy } = environment;
  const drive = await connectionToDrive({ browser, environment });
  await drive.connectWithoutBrowser();
  await create('publish', approvalYaml(drive));
  await create('nightly', nightlyYaml(drive));
  const run = await ana.json(proxy, 'POST /api/workflows/workflow/publish/run', { inputs: {} });
  const { workflowExecutionId: published } = started.parse(run);
  await runIn('publish', 'waiting_for_input');
  await runIn('nightly', 'completed');

  const page = await drive.openPage();
  await (await drive.menuItem(page, 'Disconnect')).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByText('2 workflows that use').waitFor({ timeout: LONG_MS });
  expect(await dialog.getByRole('listitem').allInnerTexts()).toEqual(
    expect.arrayContaining([
      'nightly list, which runs as you on a schedule',
      'publish after approval',
    ]),
  );
  await dialog.getByText('Runs that need your account wait at that step').waitFor();
  expect(await runAxe(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Disconnect', exact: true }).click();
  // The announcement for screen readers has the same text for a moment.
  const confirmed = 'The provider confirmed that the authorization was revoked.';
  await dialog.getByText(confirmed).first().waitFor();
  expect(await drive.stored()).toEqual([]);

  // The scheduled run waits, and no further one starts meanwhile.
  const waiting = await runIn('nightly', 'waiting_for_authorization');
  expect(waiting.triggeredBy).toBe('scheduled');
  // The run that waited for the approval now waits for the account.
  await page.goto(`${proxy.url}/app/workflows/executions/${published}`);
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await waitForText(page, `Waits until you connect ${drive.name}`);
  expect(await runAxe(page)).toEqual([]);
  const active = (await runsOf('nightly')).filter(({ status }) => status.startsWith('waiting'));
  expect(active.map(({ id }) => id)).toEqual([waiting.id]);

  // One authorization continues both.
  const connect = page.getByRole('button', { name: `Connect ${drive.name}`, exact: true });
  await googlePages.allow(await clickForWindow(page, connect.first()));
  await waitForText(page, 'Completed');
  const ended = async () =>
    (await runsOf('nightly')).find(({ id, status }) => id === waiting.id && status === 'completed');
  await waitUntil('the end of the scheduled run', ended, { timeoutMs: LONG_MS });
});
