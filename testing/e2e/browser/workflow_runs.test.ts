import { waitUntil } from '@latchkey/core/server/wait_until';
import type { TestUser } from '@latchkey/test-environment';
import type { Page } from 'playwright-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runAxe } from './harness/axe.ts';
import {
  clickForWindow,
  googlePages,
  LONG_MS,
  useChromium,
  useConnectionEnvironment,
} from './harness/index.ts';

const browser = useChromium();
const environment = useConnectionEnvironment();
const started = z.object({ workflowExecutionId: z.string() });

beforeAll(async () => {
  const { admin, proxy } = environment;
  await admin.json(proxy, 'PUT /api/security/role/connector_user', {
    kibana: [{ feature: { actions: ['read'], workflows: ['all'] }, spaces: ['*'] }],
  });
});

let number = 0;
let drive: { readonly id: string; readonly name: string };
let workflow: { readonly id: string; readonly name: string };

/** The search of the issue, with the connector of the test. */
const searchYaml = (name: string, connectorId: string) => `version: '1'
name: ${name}
enabled: true
triggers:
  - type: manual
inputs:
  - name: query
    type: string
    required: true
    description: Google Drive search query.
  - name: pageSize
    type: number
steps:
  - name: search_files
    type: google_drive.searchFiles
    connector-id: ${connectorId}
    with:
      query: "\${{inputs.query}}"
      pageSize: \${{inputs.pageSize}}
`;

const askYaml = (name: string) => `name: ${name}
triggers: [{ type: manual }]
steps:
  - name: ask
    type: waitForApproval
    with: { message: Send it to everybody?, approveLabel: Send, rejectLabel: Keep }
  - { name: result, type: workflow.output, with: { sent: "\${{ steps.ask.output.response.approved }}" } }
`;

async function create(yamlOf: (name: string) => string): Promise<typeof workflow> {
  const { ana, proxy } = environment;
  const id = `workflow_${number}`;
  const name = `flow ${number}`;
  await ana.json(proxy, 'POST /api/workflows/workflow', { id, yaml: yamlOf(name) });
  return { id, name };
}

async function run(user: TestUser, inputs: object = {}): Promise<string> {
  const path = `POST /api/workflows/workflow/${workflow.id}/run` as const;
  return started.parse(await user.json(environment.proxy, path, { inputs })).workflowExecutionId;
}

const pathOf = (runId: string): string => `/app/workflows/executions/${runId}`;
const text = (page: Page, words: string | RegExp) => page.getByText(words).first();
const waitForText = (page: Page, words: string | RegExp) =>
  text(page, words).waitFor({ timeout: LONG_MS });

/** Clicks the button that connects the account, and allows access in the window. */
async function connect(page: Page, account: string): Promise<void> {
  const button = page.getByRole('button', { name: `Connect ${drive.name}`, exact: true });
  await googlePages.allow(await clickForWindow(page, button), account);
}

beforeEach(async () => {
  number += 1;
  environment.google.clearFaults();
  const name = `Drive ${number}`;
  drive = { name, id: await environment.createDrive(name) };
});

describe('a workflow that searches Google Drive', () => {
  beforeEach(async () => {
    workflow = await create((name) => searchYaml(name, drive.id));
  });

  it('is run by two users from the list, and each sees only their own files', async () => {
    const { ana, ben, google, proxy } = environment;
    for (const [user, file] of [
      [ana, 'Quarterly plan'],
      [ben, 'Floor plan.pdf'],
    ] as const) {
      const page = await browser.openAs(user, proxy, { path: '/app/workflows' });
      await page.getByRole('button', { name: `More actions for ${workflow.name}` }).click();
      await page.getByRole('menuitem', { name: 'Run', exact: true }).click();
      await waitForText(page, /^You are not connected/);
      await connect(page, user.username);
      await waitForText(page, `Runs as ${user.username}@example.com`);
      await waitForText(page, /The run acts as you/);
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await waitForText(page, 'Enter a value.');
      await page.getByLabel('query').fill("name contains 'plan'");
      // The page shows milliseconds, and a fast provider responds in less than one.
      const slow = { kind: 'delay', delayMs: 20, when: 'before_acting' } as const;
      google.failNext({ endpoint: 'drive', fault: slow });
      await page.getByRole('button', { name: 'Run', exact: true }).click();
      await waitForText(page, 'Completed');
      await page.getByRole('list', { name: 'Parts of the times' }).waitFor();
      await page
        .getByRole('button', {
          name: /search_files.*Queue: .*Access token: .*Service: .*This server: /,
        })
        .click();
      await page.getByText(/^Service: [1-9]/).waitFor();
      await page.getByText(file).waitFor({ timeout: LONG_MS });
      expect(await runAxe(page)).toEqual([]);
    }
  });

  it('waits until its user connects the account on the page of the run, and continues', async () => {
    const { ana, proxy } = environment;
    const runId = await run(ana, { query: "name contains 'Budget'" });
    const page = await browser.openAs(ana, proxy, { path: pathOf(runId) });
    await waitForText(page, `Waits until you connect ${drive.name}`);
    expect(await runAxe(page)).toEqual([]);
    await connect(page, 'ana');
    await waitForText(page, 'Completed');
    await page.getByRole('button', { name: /search_files/ }).click();
    await page.getByText('Budget 2026').waitFor({ timeout: LONG_MS });
  });

  it('shows its results to its user only', async () => {
    const { ana, ben, proxy } = environment;
    expect((await ana.connect(proxy, drive.id)).status).toBe(200);
    const runId = await run(ana, { query: "name contains 'Budget'" });
    const page = await browser.openAs(ben, proxy, { path: pathOf(runId) });
    await waitForText(page, 'Completed');
    await waitForText(page, 'Inputs and outputs are not shown');
    await page.getByRole('button', { name: /search_files/ }).click();
    await waitForText(page, /^Only ana sees input and output/);
    expect(await page.getByText('Budget').count()).toBe(0);
  });
});

describe('a workflow that asks for an approval', () => {
  beforeEach(async () => {
    workflow = await create(askYaml);
  });

  it('is found in the header, and continues with the decision of its user', async () => {
    const { ana, proxy } = environment;
    const runId = await run(ana);
    await waitUntil('the run to wait', async () => {
      const { status } = z
        .object({ status: z.string() })
        .parse(await ana.json(proxy, `GET /api/workflows/executions/${runId}`));
      return status === 'waiting_for_input';
    });
    const page = await browser.openAs(ana, proxy, { path: '/app/connectors' });
    await page.getByRole('button', { name: /waits? for you/ }).click({ timeout: LONG_MS });
    await page.getByRole('link', { name: workflow.name }).click();
    await waitForText(page, 'Send it to everybody?');
    expect(new URL(page.url()).pathname).toContain(pathOf(runId));
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await waitForText(page, 'Completed');
    await waitForText(page, '"sent": false');
  });

  it('is cancelled by its user after a confirmation', async () => {
    const { ana, proxy } = environment;
    const page = await browser.openAs(ana, proxy, { path: pathOf(await run(ana)) });
    await waitForText(page, 'Waits for your approval');
    await page.getByRole('button', { name: 'Cancel run', exact: true }).click();
    const dialog = page.getByRole('alertdialog');
    await dialog.getByRole('button', { name: 'Cancel run', exact: true }).click();
    await waitForText(page, 'Cancelled');
    expect(await page.getByRole('button', { name: 'Send', exact: true }).count()).toBe(0);
  });

  it('is found in the history by its status', async () => {
    const { ana, proxy } = environment;
    const runId = await run(ana);
    const path = `/app/workflows/executions?workflow=${workflow.id}`;
    const page = await browser.openAs(ana, proxy, { path });
    await page.getByRole('link', { name: workflow.name }).first().waitFor({ timeout: LONG_MS });
    // In the narrowest window with a table beside the menu, a row has two lines.
    await page.setViewportSize({ width: 1000, height: 800 });
    const row = page.getByRole('row').filter({ hasText: workflow.name });
    // The page adapts its table after the change of the size.
    const isLow = async () => ((await row.boundingBox())?.height ?? 80) < 80;
    await waitUntil('a row of two lines', isLow);
    await page.getByRole('button', { name: 'Status' }).click();
    await page.getByRole('checkbox', { name: /^Failed/ }).click();
    await waitForText(page, 'No run matches the filters');
    expect(new URL(page.url()).search).toBe(`?status=failed&workflow=${workflow.id}`);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await page.getByRole('link', { name: workflow.name }).first().click();
    await waitForText(page, 'Waits for your approval');
    expect(new URL(page.url()).pathname).toContain(pathOf(runId));
  });
});

it('a long run shows the step that failed, and loads the steps before it', async () => {
  const { ana, proxy } = environment;
  workflow = await create(
    (name) => `name: ${name}
triggers: [{ type: manual, inputs: [{ name: texts, type: array }] }]
steps:
  - name: each
    type: foreach
    foreach: "\${{ inputs.texts }}"
    steps: [{ name: parse, type: data.parseJson, source: "{{ foreach.item }}" }]
`,
  );
  const runId = await run(ana, { texts: [...Array.from({ length: 620 }, () => '1'), '{'] });
  const page = await browser.openAs(ana, proxy, { path: pathOf(runId) });
  await waitForText(page, /^Step parse: /);
  await page.getByRole('button', { name: /^Show 12\d more steps$/ }).click();
  await page.getByText('621 steps, 1 failed').first().waitFor({ timeout: LONG_MS });
  expect(await page.getByText(/not shown yet/).count()).toBe(0);
  expect(await runAxe(page)).toEqual([]);
});

it('a failed run is run again from its failed step, and compared with the earlier one', async () => {
  const { ana, proxy } = environment;
  workflow = await create(
    (name) => `name: ${name}
triggers: [{ type: manual }]
steps:
  - { name: before, type: data.set, with: { a: 1 } }
  - { name: end, type: workflow.fail, with: { message: Not today } }
`,
  );
  const runId = await run(ana);
  const page = await browser.openAs(ana, proxy, { path: pathOf(runId) });
  await waitForText(page, 'Not today');
  await page.getByRole('button', { name: 'Run again', exact: true }).click();
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('radio', { name: 'At the first step' }).check();
  await dialog.getByText(/All steps are executed again/).waitFor();
  await dialog.getByRole('radio', { name: 'At the step that failed' }).check();
  await dialog.getByText(/Steps before it are not executed again/).waitFor();
  await dialog.getByRole('button', { name: 'Run again', exact: true }).click();
  await page.getByRole('link', { name: 'Retry of an earlier run' }).waitFor({ timeout: LONG_MS });
  expect(new URL(page.url()).pathname).not.toContain(runId);
  await page.getByRole('link', { name: 'Compare with the earlier run' }).click();
  await page.getByRole('heading', { name: 'Compare two runs' }).waitFor({ timeout: LONG_MS });
  await page.getByRole('button', { name: 'before', exact: true }).waitFor();
});
