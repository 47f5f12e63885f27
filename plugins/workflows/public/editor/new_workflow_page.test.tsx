import { expect, it } from '@jest/globals';
import { bootDataMock, coreStartMock, FakeServer } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, fireEvent, screen, waitFor } from '@testing-library/react';
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

/** Requests to create a workflow get no response. */
function renderPage(path: string) {
  const server = new FakeServer().on(CONNECTORS, connectors('team'));
  const user = { ...bootDataMock().user, privileges: Object.values(WORKFLOW_PRIVILEGES) };
  const core = coreStartMock({
    fetch: async (url, init) => {
      const response = await server.fetch(url, init);
      return server.to(CREATE).length === 0 ? response : new Promise(() => undefined);
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
