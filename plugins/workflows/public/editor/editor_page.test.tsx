import {
  bootDataMock,
  coreStartMock,
  FakeServer,
  SERVER_ERROR,
  STALE_VERSION,
} from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen, waitFor } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { expect, it } from 'vitest';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { servicesMock } from '../services.mock.tsx';
import { ServicesContext } from '../services.ts';
import { mockTextLayout } from './code/layout.mock.ts';
import { EditorPage } from './editor_page.tsx';

mockTextLayout();

const WORKFLOW = 'get /api/workflows/workflow/search';
const SAVE = 'put /api/workflows/workflow/search';
const AT = '2030-01-01T00:00:00.000Z';

const workflow = (yaml: string, changes: object = {}) => ({
  id: 'search',
  name: 'Search',
  enabled: true,
  tags: [],
  valid: true,
  version: '1',
  triggers: [{ type: 'manual' }],
  yaml,
  definition: {},
  createdAt: AT,
  createdBy: 'ana',
  lastUpdatedAt: AT,
  lastUpdatedBy: 'ana',
  validationErrors: [],
  ...changes,
});

function renderPage(
  stored: object,
  privileges: readonly string[] = Object.values(WORKFLOW_PRIVILEGES),
) {
  const server = new FakeServer().on(WORKFLOW, stored);
  const user = { ...bootDataMock().user, privileges: [...privileges] };
  const core = coreStartMock({ fetch: server.fetch, boot: { user } });
  renderWithCore(
    <ServicesContext.Provider value={servicesMock()}>
      <Routes>
        <Route path="/:id" element={<EditorPage />} />
      </Routes>
    </ServicesContext.Provider>,
    { core, path: '/search' },
  );
  return { server, core };
}

const click = async (name: string) => fireEvent.click(await screen.findByRole('button', { name }));

/** Types a new line at the start of the text. */
async function typeLine(): Promise<void> {
  const content = await screen.findByRole('textbox', { name: 'YAML of the workflow' });
  content.focus();
  fireEvent.keyDown(content, { key: 'Enter', keyCode: 13 });
  expect(await screen.findByText('Not saved')).toBeVisible();
}

it('the editor keeps the text when the other version cannot be loaded after a conflict', async () => {
  const { server, core } = renderPage(workflow('name: mine'));
  await typeLine();
  server.on(SAVE, STALE_VERSION);
  await click('Save');
  await screen.findByRole('button', { name: 'Overwrite' });
  server.on(WORKFLOW, SERVER_ERROR);
  await click('Load the other version');
  await waitFor(() => expect(core.toasts[0]?.title).toBe('The workflow could not be loaded'));
  expect(screen.getByText('Not saved')).toBeVisible();
  server.on(WORKFLOW, workflow('name: other'));
  await click('Load the other version');
  await waitFor(() => expect(screen.queryByText('Not saved')).toBeNull());
});

it.each([
  [true, 1],
  [false, 0],
])(
  'the editor offers to run the stored workflow only when it is enabled: %o',
  async (enabled, count) => {
    const { server } = renderPage(workflow('name: mine', { enabled }));
    server.on('post /api/workflows/validate', { valid: true, truncated: false, diagnostics: [] });
    expect(await screen.findByText('No problems')).toBeVisible();
    expect(screen.queryAllByRole('button', { name: 'Run' })).toHaveLength(count);
  },
);

it('the editor says that a workflow does not exist, and links to the list of workflows', async () => {
  renderPage({ status: 404, body: { statusCode: 404, error: 'Not Found', message: 'no' } });
  await screen.findByRole('heading', { name: 'This workflow does not exist', level: 1 });
  expect(screen.getByRole('link', { name: 'All workflows' })).toHaveAttribute(
    'href',
    '/app/workflows',
  );
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull();
});

it('the editor offers to save the text as a new workflow when another user has deleted it', async () => {
  const { server, core } = renderPage(workflow('name: mine'));
  await typeLine();
  const attributes = { code: 'workflow_not_found' };
  server.on(SAVE, {
    status: 404,
    body: { statusCode: 404, error: 'Not Found', message: 'no', attributes },
  });
  await click('Save');
  const create = 'post /api/workflows/workflow';
  server.on(create, workflow('name: mine', { id: 'copy' }));
  await click('Save as a new workflow');
  await waitFor(() => expect(core.visited).toEqual(['/app/workflows/copy']));
  expect(server.to(create)[0]?.body).toEqual({
    id: expect.stringMatching(/^workflow-/),
    yaml: '\nname: mine',
  });
});

const SCHEDULED = 'name: mine\ntriggers: [{ type: scheduled, with: { every: 1h } }]\nsteps: []\n';

/** A paragraph with these words, of which names are elements of their own. */
const paragraph = (words: string) => (_: string, element: Element | null) =>
  element?.tagName === 'P' && element.textContent?.trim() === words;

const AS_ANA = { runsAs: 'ana', userMayRun: true, valid: true, connectors: [] };

function renderScheduled(changes: object, connector: object) {
  const page = renderPage(workflow(SCHEDULED, changes));
  page.server
    .on('get /api/workflows/connectors', { connectorTypes: {}, totalConnectors: 0 })
    .on('post /internal/workflows/_preflight', {
      runsAs: 'ben',
      userMayRun: true,
      valid: true,
      connectors: [
        {
          ...{ steps: [], reference: 'd', state: 'found', connectorTypeId: '.google_drive' },
          ...{ id: 'd', name: 'Team Drive', personal: true },
          ...connector,
        },
      ],
    });
  return page;
}

it('the editor says as whom scheduled runs act, and as whom after saving', async () => {
  const { server } = renderScheduled({ runsAs: 'ben' }, { status: 'connected' });
  const now = 'Scheduled runs act as ben, who saved the workflow last.';
  expect(await screen.findByText(paragraph(now))).toBeVisible();
  await typeLine();
  expect(
    await screen.findByText(
      'Scheduled runs act as ben now. After you save, they act as you (ana).',
    ),
  ).toBeVisible();
  expect(screen.queryByText(paragraph(now))).toBeNull();
  server.on(SAVE, workflow(`\n${SCHEDULED}`, { runsAs: 'ana', version: '2' }));
  server.on('post /internal/workflows/_preflight', AS_ANA);
  await click('Save');
  expect(
    await screen.findByText(paragraph('Scheduled runs act as ana, who saved the workflow last.')),
  ).toBeVisible();
  expect(server.to('post /internal/workflows/_preflight').map(({ body }) => body)).toContainEqual({
    workflowId: 'search',
    trigger: 'scheduled',
  });
});

it('the editor says that scheduled runs wait for an account of their user', async () => {
  renderScheduled({ runsAs: 'ben' }, { status: 'needs_reauth' });
  expect(
    await screen.findByText(
      paragraph(
        'Scheduled runs act as ben, who saved the workflow last. Not connected: Team Drive. Scheduled runs wait at their steps until ben is connected.',
      ),
    ),
  ).toBeVisible();
});

it('the editor says that scheduled runs fail as a disabled user, and saves the same text as the current user', async () => {
  const { server, core } = renderScheduled({ runsAs: 'ben' }, {});
  const refused = { runsAs: 'ben', userMayRun: false, valid: true, connectors: [] };
  server.on('post /internal/workflows/_preflight', refused);
  expect(await screen.findByText('Scheduled runs of this workflow fail')).toBeVisible();
  expect(screen.queryByText(/^Scheduled runs act as/)).toBeNull();
  expect(screen.getByRole('button', { name: 'Save' })).toBeDisabled();
  server.on(SAVE, workflow(SCHEDULED, { runsAs: 'ana', version: '2' }));
  server.on('post /internal/workflows/_preflight', AS_ANA);
  screen.getByRole('button', { name: 'Save so that runs act as me' }).focus();
  await click('Save so that runs act as me');
  const note = await screen.findByText(
    paragraph('Scheduled runs act as ana, who saved the workflow last.'),
  );
  expect(note).toBeVisible();
  // The focused button was removed. Screen readers read the note, because it has the focus.
  await waitFor(() => expect(note).toHaveFocus());
  expect(core.toasts.map(({ title }) => title)).toEqual(['Search was saved']);
  expect(server.to(SAVE).map(({ body }) => body)).toEqual([{ yaml: SCHEDULED, version: '1' }]);
  expect(screen.queryByText('Scheduled runs of this workflow fail')).toBeNull();
});

it('the editor saves an unchanged text over that of another user, if the current user chooses so', async () => {
  const { server } = renderScheduled({ runsAs: 'ben' }, {});
  const refused = { runsAs: 'ben', userMayRun: false, valid: true, connectors: [] };
  server.on('post /internal/workflows/_preflight', refused);
  server.on(SAVE, STALE_VERSION);
  await screen.findByText('Scheduled runs of this workflow fail');
  await click('Save so that runs act as me');
  await screen.findByRole('button', { name: 'Overwrite' });
  server.on(SAVE, workflow(SCHEDULED, { runsAs: 'ana', version: '3' }));
  await click('Overwrite');
  await waitFor(() => expect(server.to(SAVE)).toHaveLength(2));
  expect(server.to(SAVE)[1]?.body).toEqual({ yaml: SCHEDULED });
});

it('the editor names who can repair scheduled runs of a disabled user, if the current user cannot', async () => {
  const { server } = renderPage(workflow(SCHEDULED, { runsAs: 'ben' }), [WORKFLOW_PRIVILEGES.read]);
  const refused = { runsAs: 'ben', userMayRun: false, valid: true, connectors: [] };
  server.on('post /internal/workflows/_preflight', refused);
  expect(
    await screen.findByText(
      paragraph(
        'Ask a user who may change and run workflows to save it, so that scheduled runs act as that user. Or ask an administrator to allow ben to run workflows again.',
      ),
    ),
  ).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Save so that runs act as me' })).toBeNull();
});

it('the editor says as whom a schedule acts that is not saved yet', async () => {
  // Without `runsAs`, the stored text has no schedule.
  renderScheduled({}, {});
  await screen.findByRole('textbox', { name: 'YAML of the workflow' });
  expect(screen.queryByText(/scheduled runs/i)).toBeNull();
  await typeLine();
  expect(
    await screen.findByText(
      paragraph('After you save, scheduled runs act as you (ana), with your accounts.'),
    ),
  ).toBeVisible();
});
