import { bootDataMock, coreStartMock, FakeServer } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { servicesMock } from '../services.mock.tsx';
import { ServicesContext } from '../services.ts';
import { workflowKeys } from '../workflow_data/index.ts';
import { mockTextLayout } from './code/layout.mock.ts';
import { NewWorkflowPage } from './new_workflow_page.tsx';

mockTextLayout();

const CONNECTORS = 'get /api/workflows/connectors';

const connectors = (...names: readonly string[]) => ({
  connectorTypes: {
    '.drive': {
      actionTypeId: '.drive',
      displayName: 'Drive',
      enabled: true,
      enabledInConfig: true,
      enabledInLicense: true,
      minimumLicenseRequired: 'basic',
      subActions: [
        { name: 'about', displayName: 'About', description: '', scope: 'read', input: {} },
      ],
      instances: names.map((name) => ({
        id: name,
        name,
        isPreconfigured: false,
        isDeprecated: false,
      })),
    },
  },
  totalConnectors: names.length,
});

const CREATE = 'post /api/workflows/workflow';
const EXISTS = {
  status: 409,
  body: {
    statusCode: 409,
    error: 'Conflict',
    message: 'exists',
    attributes: { code: 'workflow_exists' },
  },
};
const AT = '2030-01-01T00:00:00.000Z';
const WORKFLOW = {
  name: 'New workflow',
  enabled: true,
  tags: [],
  valid: true,
  version: '1',
  triggers: [{ type: 'manual' }],
  definition: {},
  createdAt: AT,
  createdBy: 'ana',
  lastUpdatedAt: AT,
  lastUpdatedBy: 'ana',
  validationErrors: [],
};

/** @param hasResponses `false`: requests to create a workflow get no response */
function renderPage(path: string, hasResponses = false) {
  const server = new FakeServer().on(CONNECTORS, connectors('team'));
  const user = { ...bootDataMock().user, privileges: Object.values(WORKFLOW_PRIVILEGES) };
  const core = coreStartMock({
    fetch: async (url, init) => {
      const response = await server.fetch(url, init);
      const isOpen = !hasResponses && server.to(CREATE).length > 0;
      return isOpen ? new Promise(() => undefined) : response;
    },
    boot: { user },
  });
  renderWithCore(
    <ServicesContext.Provider value={servicesMock()}>
      <NewWorkflowPage />
    </ServicesContext.Provider>,
    { core, path },
  );
  return { server, core };
}

it('the editor of a new workflow stays open when the connector of its template is deleted', async () => {
  const { server, core } = renderPage('/?template=connector:team');
  const content = await screen.findByRole('textbox', { name: 'YAML of the workflow' });
  server.on(CONNECTORS, connectors());
  await act(() => core.queryClient.refetchQueries({ queryKey: workflowKeys.connectors() }));
  expect(core.queryClient.getQueryData(workflowKeys.connectors())).toEqual(connectors());
  expect(content).toBeInTheDocument();
});

it('the editor of a new workflow accepts no text while the workflow is created', async () => {
  const { server, core } = renderPage('/?template=blank');
  const content = await screen.findByRole('textbox', { name: 'YAML of the workflow' });
  const type = () => fireEvent.keyDown(content, { key: 'Enter', keyCode: 13 });
  const lines = () => content.querySelectorAll('.cm-line').length;
  const before = lines();
  content.focus();
  type();
  expect(lines()).toBe(before + 1);
  server.on(CREATE, {});
  fireEvent.click(screen.getByRole('button', { name: 'Save' }));
  await waitFor(() => expect(server.to(CREATE)).toHaveLength(1));
  type();
  expect(lines()).toBe(before + 1);
  expect(core.visited).toEqual([]);
});

it('the editor of a new workflow creates only one workflow when a response is lost and the user saves again', async () => {
  const { server, core } = renderPage('/?template=blank', true);
  const save = async () => fireEvent.click(await screen.findByRole('button', { name: 'Save' }));
  await screen.findByRole('textbox', { name: 'YAML of the workflow' });
  // The test has set no response, so the request fails as it does in a browser without a network.
  await save();
  expect(await screen.findByText('The server did not respond')).toBeVisible();
  expect(screen.queryByText('The workflow was not saved')).toBeNull();
  const created = z.object({ id: z.string(), yaml: z.string() });
  const { id, yaml } = created.parse(server.to(CREATE)[0]?.body);
  // The first request was executed on the server although its response was lost.
  server.on(CREATE, EXISTS).on(`get /api/workflows/workflow/${id}`, { ...WORKFLOW, id, yaml });
  await save();
  await waitFor(() => expect(core.visited).toEqual([`/app/workflows/${id}`]));
  expect(server.to(CREATE).map(({ body }) => body)).toEqual([
    { id, yaml },
    { id, yaml },
  ]);
  expect(server.to(`put /api/workflows/workflow/${id}`)).toEqual([]);
});

describe('a second save, after the response to the creation was lost and the text was changed,', () => {
  /** Sends a creation whose response is lost, then adds a line to the text. */
  async function createAndChange() {
    const page = renderPage('/?template=blank', true);
    const { server } = page;
    const save = () => fireEvent.click(screen.getByRole('button', { name: 'Save' }));
    const content = await screen.findByRole('textbox', { name: 'YAML of the workflow' });
    await screen.findByRole('button', { name: 'Save' });
    save();
    expect(await screen.findByText('The server did not respond')).toBeVisible();
    const { id, yaml } = z
      .object({ id: z.string(), yaml: z.string() })
      .parse(server.to(CREATE)[0]?.body);
    const update = `put /api/workflows/workflow/${id}`;
    const store = (text: string, version: string) => {
      server.on(`get /api/workflows/workflow/${id}`, { ...WORKFLOW, id, yaml: text, version });
    };
    server.on(CREATE, EXISTS).on(update, { ...WORKFLOW, id, yaml });
    content.focus();
    fireEvent.keyDown(content, { key: 'Enter', keyCode: 13 });
    return { ...page, save, id, yaml, update, store };
  }

  it('replaces the version that the first request created', async () => {
    const { server, core, save, id, yaml, update, store } = await createAndChange();
    store(yaml, '7');
    save();
    await waitFor(() => expect(core.visited).toEqual([`/app/workflows/${id}`]));
    expect(server.to(update).map(({ body }) => body)).toEqual([
      { yaml: `\n${yaml}`, version: '7' },
    ]);
  });

  it('does not overwrite the version of another user, and offers to load it', async () => {
    const { server, core, save, id, yaml, update, store } = await createAndChange();
    store(`${yaml}# by another user\n`, '8');
    save();
    expect(await screen.findByText(/^Another user has changed this workflow/)).toBeVisible();
    expect(server.to(update)).toEqual([]);
    fireEvent.click(screen.getByRole('button', { name: 'Overwrite' }));
    await waitFor(() => expect(core.visited).toEqual([`/app/workflows/${id}`]));
    expect(server.to(update).map(({ body }) => body)).toEqual([
      { yaml: `\n${yaml}`, version: '8' },
    ]);
  });

  it('opens the version of another user when the user chooses to load it', async () => {
    const { server, core, save, id, yaml, update, store } = await createAndChange();
    store(`${yaml}# by another user\n`, '8');
    save();
    fireEvent.click(await screen.findByRole('button', { name: 'Load the other version' }));
    expect(core.visited).toEqual([`/app/workflows/${id}`]);
    expect(server.to(update)).toEqual([]);
  });

  it('says that the change is not saved when the user may not change workflows', async () => {
    const { server, core, save, yaml, update, store } = await createAndChange();
    store(yaml, '7');
    server.on(update, { status: 403, body: { statusCode: 403, error: 'Forbidden', message: '' } });
    save();
    expect(await screen.findByText('The workflow was created with an earlier text')).toBeVisible();
    // The second match is the announcement for screen readers.
    expect(screen.getAllByText(/your later changes are not saved/)[0]).toBeVisible();
    expect(core.visited).toEqual([]);
  });
});
