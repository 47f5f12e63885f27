import { coreStartMock, FakeServer, SERVER_ERROR } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import { servicesMock } from '../services.mock.tsx';
import { ServicesContext } from '../services.ts';
import { RunDialog } from './run_dialog.tsx';
import type { RunSource } from './start_run.ts';

const WORKFLOW = 'get /api/workflows/workflow/search';
const RUN = 'post /api/workflows/workflow/search/run';
const TEST = 'post /api/workflows/test';
const TEST_STEP = 'post /api/workflows/step/test';
const PREFLIGHT = 'post /internal/workflows/_preflight';

const INPUTS = [
  { name: 'query', type: 'string', required: true },
  { name: 'pageSize', type: 'number', default: 250 },
  { name: 'orderBy', type: 'string' },
];
const AT = '2030-01-01T00:00:00.000Z';
const workflow = {
  id: 'search',
  name: 'Search',
  enabled: true,
  tags: [],
  valid: true,
  version: '1',
  triggers: [{ type: 'manual' }],
  yaml: 'name: Search',
  definition: { triggers: [{ type: 'manual', inputs: INPUTS }] },
  createdAt: AT,
  createdBy: 'ana',
  lastUpdatedAt: AT,
  lastUpdatedBy: 'ana',
};
const preflight = (changes: object = {}, valid = true) => ({
  runsAs: 'ana',
  userMayRun: true,
  valid,
  connectors: [
    {
      steps: [{ stepId: 'search_files', line: 9 }],
      reference: 'd',
      state: 'found',
      connectorTypeId: '.google_drive',
      id: 'd',
      name: 'Drive',
      personal: true,
      status: 'connected',
      accountLabel: 'ana@example.com',
      ...changes,
    },
  ],
});

function renderDialog(
  source: RunSource = { kind: 'stored', workflowId: 'search' },
  check: object = preflight(),
  /** The server responds to the start when this promise resolves. */
  held = Promise.resolve(),
) {
  const server = new FakeServer().on(WORKFLOW, workflow).on(PREFLIGHT, check);
  const core = coreStartMock({
    fetch: async (url, init) => {
      const response = await server.fetch(url, init);
      if (server.to(RUN).length > 0) await held;
      return response;
    },
  });
  let closed = 0;
  const close = () => {
    closed += 1;
  };
  const { unmount } = renderWithCore(
    <ServicesContext.Provider value={servicesMock()}>
      <RunDialog source={source} name="Search" onClose={close} />
    </ServicesContext.Provider>,
    { core },
  );
  return { server, core, closed: () => closed, unmount };
}

const enter = async (label: string, value: string) =>
  fireEvent.change(await screen.findByLabelText(label), { target: { value } });
const click = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));

it('the run dialog runs a workflow with the entered inputs, without empty inputs, and opens the run', async () => {
  const { server, core, closed } = renderDialog();
  server.on(RUN, { workflowExecutionId: 'new' });
  await enter('query', 'trashed=false');
  await click('Run');
  await waitFor(() => expect(core.visited).toEqual(['/app/workflows/executions/new']));
  expect(server.to(RUN).map(({ body }) => body)).toEqual([
    { inputs: { query: 'trashed=false' }, dryRun: false, idempotencyKey: expect.any(String) },
  ]);
  expect(closed()).toBe(1);
});

it('the run dialog says as whom the run acts', async () => {
  renderDialog();
  expect(
    await screen.findByText(
      (_, element) =>
        element?.tagName === 'P' &&
        element.textContent?.trim() === 'The run acts as you (ana): its steps use your accounts.',
    ),
  ).toBeVisible();
});

it('the run dialog starts a dry run with the same inputs', async () => {
  const { server, core } = renderDialog();
  server.on(RUN, { workflowExecutionId: 'dry' });
  await enter('query', 'x');
  await click('Dry run');
  await waitFor(() => expect(core.visited).toEqual(['/app/workflows/executions/dry']));
  expect(server.to(RUN).map(({ body }) => body)).toEqual([
    { inputs: { query: 'x' }, dryRun: true, idempotencyKey: expect.any(String) },
  ]);
});

it('the run dialog does not send inputs with faults, and shows the faults at their fields', async () => {
  const { server } = renderDialog();
  await enter('pageSize', 'many');
  await click('Run');
  expect(await screen.findByText('Enter a value.')).toBeVisible();
  expect(screen.getByText('Enter a number, for example 2.5.')).toBeVisible();
  expect(server.to(RUN)).toEqual([]);
});

it('the run dialog shows an input that the server refuses at its field', async () => {
  const { server, closed } = renderDialog();
  server.on(RUN, {
    status: 400,
    body: {
      statusCode: 400,
      error: 'Bad Request',
      message: 'no',
      attributes: {
        code: 'workflow_inputs_invalid',
        issues: [{ path: 'query', message: 'Not a query.' }],
      },
    },
  });
  await enter('query', '(');
  await click('Run');
  expect(await screen.findByText('Not a query.')).toBeVisible();
  expect(screen.queryByText('The workflow was not started')).toBeNull();
  expect(closed()).toBe(0);
});

it('the run dialog says why a workflow was not started', async () => {
  const { server } = renderDialog();
  server.on(RUN, {
    status: 400,
    body: {
      statusCode: 400,
      error: 'Bad Request',
      message: 'no',
      attributes: { code: 'workflow_disabled' },
    },
  });
  await enter('query', 'x');
  await click('Run');
  expect(await screen.findByText('The workflow was not started')).toBeVisible();
  expect(screen.getByText(/^The workflow is disabled/)).toBeVisible();
});

it('the run dialog repeats a start whose response was lost with the same idempotency key, and says that no second run starts', async () => {
  const { server, core } = renderDialog();
  server.lose(RUN);
  await enter('query', 'x');
  await click('Run');
  expect(await screen.findByText('The server did not respond')).toBeVisible();
  expect(screen.getByText(/with the same inputs, no second run is started\.$/)).toBeVisible();
  expect(screen.queryByText('The workflow was not started')).toBeNull();
  server.on(RUN, { workflowExecutionId: 'first' });
  await click('Run');
  await waitFor(() => expect(core.visited).toEqual(['/app/workflows/executions/first']));
  const [lost, repeated] = server.to(RUN).map(({ body }) => body);
  expect(lost).toMatchObject({ idempotencyKey: expect.any(String) });
  expect(repeated).toEqual(lost);
});

it('the run dialog names the accounts that steps use, and checks again after the user has connected', async () => {
  const { server } = renderDialog(undefined, preflight({ status: 'not_connected' }));
  await screen.findByText(/^You are not connected/);
  server.on(PREFLIGHT, preflight());
  await click('Connect Drive');
  expect(await screen.findByText('Runs as ana@example.com')).toBeVisible();
});

it.each([
  [{ workflowExecutionId: 'new' }, 'Search was started'],
  [SERVER_ERROR, 'The workflow was not started'],
])(
  'the run dialog shows %o as a toast when the user has closed the dialog before',
  async (response, title) => {
    const held = Promise.withResolvers<void>();
    const { server, core, unmount } = renderDialog(undefined, undefined, held.promise);
    server.on(RUN, response);
    await enter('query', 'x');
    await click('Run');
    await waitFor(() => expect(server.to(RUN)).toHaveLength(1));
    unmount();
    held.resolve();
    await waitFor(() => expect(core.toasts.map((toast) => toast.title)).toEqual([title]));
    expect(core.visited).toEqual([]);
  },
);

it('the run dialog does not run a workflow with errors', async () => {
  renderDialog(undefined, preflight({ state: 'placeholder', id: undefined }, false));
  await screen.findByText(/^This is a placeholder/);
  expect(screen.getByRole('button', { name: 'Run' })).toBeDisabled();
});

it('the run dialog tests the YAML of an editor with the inputs that the YAML declares', async () => {
  const yaml = 'name: x\ninputs:\n  properties:\n    when: { type: string }\n';
  const { server, core } = renderDialog({ kind: 'yaml', yaml });
  server.on(TEST, { workflowExecutionId: 'new' });
  await enter('when', 'now');
  await click('Run');
  await waitFor(() => expect(core.visited).toEqual(['/app/workflows/executions/new']));
  expect(server.to(TEST)[0]?.body).toEqual({
    workflowYaml: yaml,
    inputs: { when: 'now' },
    dryRun: false,
    idempotencyKey: expect.any(String),
  });
  expect(server.to(WORKFLOW)).toEqual([]);
});

it('the run dialog asks before the user leaves the page with entered inputs, until the run starts', async () => {
  const { server, core } = renderDialog();
  const events: string[] = [];
  vi.spyOn(core.application, 'guardLeave').mockImplementation(() => {
    events.push('guard');
    return () => events.push('release');
  });
  vi.spyOn(core.application, 'navigate').mockImplementation(() => {
    events.push('navigate');
  });
  server.on(RUN, { workflowExecutionId: 'new' });
  await screen.findByLabelText('query');
  expect(events).toEqual([]);
  await enter('query', 'trashed=false');
  expect(events).toEqual(['guard']);
  await click('Run');
  await waitFor(() => expect(events.slice(0, 3)).toEqual(['guard', 'release', 'navigate']));
});

const STEPS = `name: w
inputs: [{ name: folder, type: string }]
steps:
  - { name: search_files, type: google_drive.searchFiles, connector-id: d, with: { query: x } }
  - { name: last, type: console, with: { message: "{{ steps.search_files.output.files }} {{ inputs.folder }}" } }
`;

it('the run dialog tests one step with the values that it reads from others, and opens the run', async () => {
  const check = { ...preflight(), connectors: [] };
  const { server, core } = renderDialog({ kind: 'step', yaml: STEPS, stepId: 'last' }, check);
  server.on(TEST_STEP, { workflowExecutionId: 'tested' });
  await enter('steps.search_files.output.files', '[{ "id": 1 }]');
  await enter('inputs.folder', 'a folder');
  await waitFor(() => expect(screen.queryByText('Checking the connectors…')).toBeNull());
  await click('Run');
  await waitFor(() => expect(core.visited).toEqual(['/app/workflows/executions/tested']));
  expect(server.to(TEST_STEP)[0]?.body).toMatchObject({
    workflowYaml: STEPS,
    stepId: 'last',
    contextOverride: {
      steps: { search_files: { output: { files: [{ id: 1 }] } } },
      inputs: { folder: 'a folder' },
    },
    dryRun: false,
  });
});

it('the run dialog of a step says that the step reads no values, and shows its connector', async () => {
  renderDialog({ kind: 'step', yaml: STEPS, stepId: 'search_files' });
  expect(await screen.findByText(/^This step reads no inputs/)).toBeVisible();
  expect(await screen.findByText('Drive')).toBeVisible();
});

it('the run dialog of a step checks only the connectors and actions of the step and of those inside it', async () => {
  const yaml = `
steps:
  - { name: other, type: google_drive.downloadFile, connector-id: d }
  - name: each
    type: foreach
    foreach: [1]
    steps: [{ name: search_files, type: google_drive.searchFiles, connector-id: d }]
`;
  const { server } = renderDialog({ kind: 'step', yaml, stepId: 'each' });
  expect(await screen.findByText('Drive')).toBeVisible();
  expect(server.to(PREFLIGHT).map(({ body }) => body)).toEqual([
    { yaml, steps: ['each', 'search_files'] },
  ]);
});

it('the run dialog of a step shows an input that the server refuses at its field', async () => {
  const { server } = renderDialog({ kind: 'step', yaml: STEPS, stepId: 'last' });
  const issues = [{ path: 'folder', message: 'The folder does not exist.' }];
  const body = { statusCode: 400, error: 'Bad Request', message: 'no', attributes: { issues } };
  server.on(TEST_STEP, { status: 400, body });
  await enter('inputs.folder', 'x');
  await click('Run');
  expect(await screen.findByText('The folder does not exist.')).toBeVisible();
  expect(screen.getByLabelText('inputs.folder')).toHaveAttribute('aria-invalid', 'true');
});
