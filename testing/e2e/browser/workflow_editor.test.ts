import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, it } from 'vitest';
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
const environment = useConnectionEnvironment({ basePath: '/kb' });
const PLACEHOLDER = '<ENTER YOUR CONNECTOR ID HERE!>';

/** A workflow that was written for Kibana. */
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
    default: "trashed=false"
    description: "Google Drive search query."
steps:
  - name: search_files
    type: google_drive.searchFiles
    connector-id: ${PLACEHOLDER}
    with:
      query: "\${{inputs.query}}"
`;

let drive: string;
let number = 0;

beforeEach(async () => {
  number += 1;
  drive = `Drive ${number}`;
  await environment.createDrive(drive);
});

const openAsAdmin = (path: string, options: Parameters<typeof browser.open>[1] = {}) =>
  browser.openAs(environment.admin, environment.proxy, { path, ...options });

const code = (page: Page) => page.getByRole('textbox', { name: 'YAML of the workflow' });

/** Replaces the text of the editor by a paste. */
async function paste(page: Page, text: string): Promise<void> {
  await code(page).click();
  await page.keyboard.press('ControlOrMeta+a');
  await code(page).evaluate((element, pasted) => {
    // The types of Node have no clipboard.
    const scope = globalThis as unknown as {
      DataTransfer: new () => { setData(type: string, data: string): void };
      ClipboardEvent: new (type: string, options: object) => Event;
    };
    const clipboardData = new scope.DataTransfer();
    clipboardData.setData('text/plain', pasted);
    const options = { clipboardData, bubbles: true, cancelable: true };
    (element as unknown as EventTarget).dispatchEvent(new scope.ClipboardEvent('paste', options));
  }, text);
}

const storedYaml = async (id: string): Promise<string> =>
  z
    .object({ yaml: z.string() })
    .parse(
      await environment.admin.json(
        environment.proxy,
        `GET /api/workflows/workflow/${id}` as `GET ${string}`,
      ),
    ).yaml;

/** Saves a text as another page does. */
const changeAsOther = (id: string, yaml: string) =>
  environment.admin.json(
    environment.proxy,
    `PUT /api/workflows/workflow/${id}` as `PUT ${string}`,
    { yaml },
  );

async function create(yaml: string): Promise<string> {
  const body = { yaml };
  return z
    .object({ id: z.string() })
    .parse(await environment.admin.json(environment.proxy, 'POST /api/workflows/workflow', body))
    .id;
}

describe('the test of one step', () => {
  const STEPS = `name: two steps
triggers: [{ type: manual }]
steps:
  - { name: search_files, type: google_drive.searchFiles, connector-id: CONNECTOR, with: { query: x } }
  - { name: show, type: console, with: { message: "{{ steps.search_files.output.files[0].name }}" } }
`;

  it('executes only this step of the text, with values that the user enters', async () => {
    const connector = await environment.createDrive(`${drive} of a step`);
    const id = await create(STEPS.replace('CONNECTOR', connector));
    const page = await openAsAdmin(`/app/workflows/${id}`);
    await page.getByRole('button', { name: 'Test step show' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Test step show' }).waitFor();
    expect(await runAxe(page)).toEqual([]);
    await dialog.getByLabel('steps.search_files.output.files').fill('[{ "name": "budget.pdf" }]');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL(/\/executions\//, { timeout: LONG_MS });
    await page.getByText('Test of step show').waitFor();
    await page.getByText('Completed', { exact: true }).first().waitFor({ timeout: LONG_MS });
    const execution = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const path = `GET /api/workflows/executions/${execution}?includeOutput=true` as const;
    const run = await environment.admin.json(environment.proxy, path);
    expect(run).toMatchObject({
      stepId: 'show',
      stepExecutions: [{ stepId: 'show', output: 'budget.pdf' }],
    });
  });
});

describe('a workflow that is pasted', () => {
  it('loses its code fence, gets a connector in place of its placeholder, and runs as the user', async () => {
    const page = await openAsAdmin('/app/workflows/new');
    await page.getByRole('button', { name: 'Blank workflow' }).click();
    // As chats copy it.
    await paste(page, `\`\`\`yaml\n${SEARCH}\`\`\``);
    await page.locator('.cm-placeholder-connector', { hasText: PLACEHOLDER }).waitFor();
    await page.getByText('1 error').waitFor();
    await page.getByRole('button', { name: 'Choose connector of step search_files' }).click();
    await page.getByRole('dialog').getByRole('button', { name: drive, exact: true }).click();
    await page.getByText('No problems').waitFor();
    await page.getByRole('button', { name: `Connect ${drive}` }).waitFor({ timeout: LONG_MS });
    await page.keyboard.press('ControlOrMeta+s');
    await page.waitForURL(/\/app\/workflows\/workflow-/, { timeout: LONG_MS });
    await page.getByRole('heading', { level: 1, name: 'sources.google_drive.search' }).waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const yaml = await storedYaml(id);
    expect(yaml.replace(/connector-id: .*/, `connector-id: ${PLACEHOLDER}`)).toBe(SEARCH);
    expect(yaml).not.toContain(PLACEHOLDER);
    const connect = page.getByRole('button', { name: `Connect ${drive}` });
    await googlePages.allow(await clickForWindow(page, connect));
    await page.getByText(`${drive}, runs as ana@example.com`).waitFor({ timeout: LONG_MS });
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Run', exact: true }).click();
    await page.waitForURL(/\/executions\//, { timeout: LONG_MS });
    await page.getByText('Completed').first().waitFor({ timeout: LONG_MS });
  });
});

it('the editor offers the workflows that a step can start, and says as whom a schedule will act', async () => {
  const other = await create(
    'name: Archive old files\ntriggers: [{ type: manual }]\nsteps: [{ name: a, type: data.set, with: { b: 1 } }]\n',
  );
  const page = await openAsAdmin('/app/workflows/new');
  await page.getByRole('button', { name: 'Blank workflow' }).click();
  await paste(
    page,
    'name: nightly\ntriggers:\n  - type: scheduled\n    with: { every: 1d }\nsteps:\n  - name: start\n    type: workflow.execute\n    with:\n      workflow-id: <ENTER YOUR WORKFLOW ID>\n',
  );
  await page
    .locator('.cm-placeholder-connector', { hasText: '<ENTER YOUR WORKFLOW ID>' })
    .waitFor();
  await page.getByText(/After you save, scheduled runs act as you/).waitFor({ timeout: LONG_MS });
  await page.getByRole('button', { name: 'Choose workflow of step start' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('searchbox').fill('archive');
  await dialog.getByRole('button', { name: 'Archive old files', exact: true }).click();
  await page.getByText('No problems').waitFor({ timeout: LONG_MS });
  await page.keyboard.press('ControlOrMeta+s');
  await page.waitForURL(/\/app\/workflows\/workflow-/, { timeout: LONG_MS });
  await page.getByText(/Scheduled runs act as /).waitFor({ timeout: LONG_MS });
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  expect(await storedYaml(id)).toContain(`workflow-id: ${other}\n`);
  expect(await runAxe(page)).toEqual([]);
});

describe('a save after that of another user', () => {
  it('keeps the text of the user, who decides to overwrite the other version or to load it', async () => {
    const id = await create(
      'name: shared\ntriggers: [{ type: manual }]\nsteps: [{ name: a, type: console, with: { message: one } }]\n',
    );
    const page = await openAsAdmin(`/app/workflows/${id}`);
    await code(page).waitFor();
    const theirs = (await storedYaml(id)).replace('one', 'theirs');
    await changeAsOther(id, theirs);
    const mine = theirs.replace('theirs', 'mine');
    await paste(page, mine);
    browser.expectProblems(/409/);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Another user has changed this workflow').first().waitFor();
    expect(await storedYaml(id)).toBe(theirs);
    expect(await code(page).textContent()).toContain('mine');
    await page.getByRole('button', { name: 'Overwrite' }).click();
    await page.getByText('shared was saved').first().waitFor();
    expect(await storedYaml(id)).toBe(mine);
    await changeAsOther(id, theirs);
    await paste(page, mine.replace('mine', 'discarded'));
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Load the other version' }).click();
    await code(page).getByText('theirs').waitFor();
    expect(await storedYaml(id)).toBe(theirs);
  });
});

describe('a problem with a correction', () => {
  it('disappears after a click on the correction, which replaces the marked text', async () => {
    const page = await openAsAdmin('/app/workflows/new');
    await page.getByRole('button', { name: 'Blank workflow' }).click();
    await paste(
      page,
      `name: correct
triggers: [{ type: manual, inputs: [{ name: tags, type: array }, { name: n, type: int }] }]
steps:
  - { name: one, type: console, if: "inputs.tags | size > 0", with: { message: x } }
  - { name: two, type: console, if: "inputs.n : 1 && inputs.n : 2", with: { message: "{{ inputs.tags | length }}" } }
`,
    );
    const problems = page.getByRole('region', { name: 'Problems' });
    for (const correction of ['number', `\${{ inputs.tags.size > 0 }}`, 'and', 'size']) {
      const fix = problems.getByText(`Replace with ${correction}`, { exact: true });
      await fix.click();
      await fix.waitFor({ state: 'detached' });
    }
    await page.getByText('No problems').waitFor();
    const shown = await code(page).textContent();
    expect(shown).toContain('type: number }');
    expect(shown).toContain(`if: "\${{ inputs.tags.size > 0 }}"`);
    expect(shown).toContain('"inputs.n : 1 and inputs.n : 2"');
    expect(shown).toContain('{{ inputs.tags | size }}');
  });
});

describe('the editor with the keyboard', () => {
  it('indents with Tab, is left with Escape and Tab, and asks before changes are lost', async () => {
    const page = await openAsAdmin('/app/workflows/new?template=blank');
    await code(page).click();
    await page.keyboard.press('ControlOrMeta+End');
    await page.keyboard.press('Tab');
    await page.getByText('Not saved').waitFor();
    const isInside = () =>
      code(page).evaluate((element) =>
        (element as unknown as { matches(s: string): boolean }).matches(':focus'),
      );
    expect(await isInside()).toBe(true);
    // The editor accepts Tab as the way out for two seconds.
    await page.clock.setFixedTime(Date.now());
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await isInside()).toBe(false);
    await page.getByRole('link', { name: 'All workflows' }).click();
    await page.getByRole('alertdialog').waitFor();
  });
});

describe.each([
  ['light', 1280],
  ['dark', 400],
] as const)('in the %s theme with %i px', (colorScheme, width) => {
  it('the editor follows the accessibility rules', async () => {
    const id = await create(SEARCH);
    const page = await openAsAdmin(`/app/workflows/${id}`, {
      colorScheme,
      viewport: { width, height: 800 },
    });
    await page.locator('.cm-placeholder-connector').waitFor();
    expect(await runAxe(page)).toEqual([]);
  });
});
