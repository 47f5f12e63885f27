import { coreStartMock } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { fireEvent, screen } from '@testing-library/react';
import { expect, it } from 'vitest';
import { WorkflowsApp } from './workflows_app.tsx';

it.each(['/w-1/runs', '/executions/r-1/steps/2'])(
  'the app says that the page %s does not exist, and links to the workflows',
  async (path) => {
    const core = coreStartMock();
    renderWithCore(<WorkflowsApp />, { core, path });
    await screen.findByRole('heading', { name: 'Page not found', level: 1 });
    fireEvent.click(screen.getByRole('link', { name: 'All workflows' }));
    expect(core.visited).toEqual(['/app/workflows']);
  },
);
