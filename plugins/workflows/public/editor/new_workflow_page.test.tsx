import { expect, it } from '@jest/globals';
import { bootDataMock, coreStartMock, FakeServer } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { act, screen } from '@testing-library/react';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { servicesMock } from '../services.mock.tsx';
import { ServicesContext } from '../services.ts';
import { workflowKeys } from '../workflow_data/index.ts';
import { NewWorkflowPage } from './new_workflow_page.tsx';

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

it('keeps the editor open when the connector of the chosen start is deleted', async () => {
  const server = new FakeServer().on(CONNECTORS, connectors('team'));
  const user = { ...bootDataMock().user, privileges: Object.values(WORKFLOW_PRIVILEGES) };
  const core = coreStartMock({ fetch: server.fetch, boot: { user } });
  renderWithCore(
    <ServicesContext.Provider value={servicesMock()}>
      <NewWorkflowPage />
    </ServicesContext.Provider>,
    { core, path: '/?template=connector:team' },
  );
  const save = await screen.findByRole('button', { name: 'Save' });
  server.on(CONNECTORS, connectors());
  await act(() => core.queryClient.refetchQueries({ queryKey: workflowKeys.connectors() }));
  expect(core.queryClient.getQueryData(workflowKeys.connectors())).toEqual(connectors());
  expect(save).toBeInTheDocument();
});
