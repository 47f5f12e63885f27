import { SERVER_ERROR } from '@latchkey/core/public/mocks';
import { fireEvent, screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { findButton, renderRunPage, runBody } from './run_page.mock.tsx';

describe('the log of a run', () => {
  const LOGS = 'get /api/workflows/executions/run-1/logs';
  const line = (stepId: string, changes: object = {}) => ({
    id: stepId,
    timestamp: '2026-11-28T09:00:01.250Z',
    level: 'info',
    message: 'words of the server',
    stepExecutionId: stepId,
    stepId,
    stepName: stepId,
    stepType: 'console',
    connectorType: 'console',
    duration: 1,
    additionalData: { executionId: 'run-1' },
    status: 'completed',
    ...changes,
  });
  const page = (total: number, ...logs: object[]) => ({ page: 1, size: 100, total, logs });
  const open = async () => fireEvent.click(await screen.findByRole('tab', { name: 'Log' }));

  it('is requested when the user opens its tab, and shows messages, failures and times', async () => {
    const { server } = renderRunPage(runBody());
    server.on(
      LOGS,
      page(
        3,
        line('report', { text: 'three files' }),
        line('upload', { level: 'error', status: 'failed', text: 'HTTP 403' }),
        line('notify', { status: 'skipped' }),
      ),
    );
    await screen.findByRole('tab', { name: 'Log' });
    expect(server.to(LOGS)).toHaveLength(0);
    await open();
    expect(await screen.findByText('three files')).toBeVisible();
    expect(screen.getByText('Failed: HTTP 403')).toBeVisible();
    expect(screen.getByText('Skipped')).toBeVisible();
    expect(document.querySelector('time')?.textContent).toMatch(/[:.]01[.,]250/);
  });

  it('is shown in pages of 100 lines', async () => {
    const urls: string[] = [];
    const { server } = renderRunPage(runBody(), Object.values(WORKFLOW_PRIVILEGES), { urls });
    server.on(LOGS, page(150, line('first', { text: 'first page' })));
    await open();
    expect(await screen.findByText('first page')).toBeVisible();
    server.on(LOGS, page(150, line('second', { text: 'second page' })));
    fireEvent.click(screen.getByRole('link', { name: 'Next page' }));
    expect(await screen.findByText('second page')).toBeVisible();
    expect(urls.filter((url) => url.includes('/logs')).at(-1)).toContain('page=2&size=100');
  });

  it('reports that it is empty, or that it could not be loaded', async () => {
    const { server } = renderRunPage(runBody());
    server.on(LOGS, SERVER_ERROR);
    await open();
    const retry = await findButton('Try again');
    expect(screen.getByText('The log could not be loaded')).toBeVisible();
    server.on(LOGS, page(0));
    fireEvent.click(retry);
    expect(await screen.findByText('The log is empty: no step was executed.')).toBeVisible();
  });
});
