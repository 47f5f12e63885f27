import { bootDataMock, coreStartMock, FakeServer } from '@latchkey/core/public/mocks';
import { renderWithCore } from '@latchkey/core/public/testing';
import { screen } from '@testing-library/react';
import { Route, Routes } from 'react-router';
import { WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import type { RunDetails } from '../run_data/index.ts';
import { runMock } from '../run_data/runs.mock.ts';
import { servicesMock } from '../services.mock.tsx';
import { ServicesContext } from '../services.ts';
import { RunPage } from './run_page.tsx';

/** Route of the run that the page shows. */
export const RUN = 'get /api/workflows/executions/run-1';

/** Response with a run. */
export const runBody = (changes: Partial<RunDetails> = {}): object => {
  const run = runMock(changes);
  const stepExecutions = run.stepExecutions.map((step) => ({ ...step, executionTimeMs: 1 }));
  return { spaceId: 'default', ...run, stepExecutions };
};

/** Response with a run that waits for something. */
export const waitingBody = (
  wait: RunDetails['waits'][number],
  changes: Partial<RunDetails> = {},
): object =>
  runBody({
    status: 'waiting_for_input',
    finishedAt: undefined,
    output: undefined,
    waits: [wait],
    ...changes,
  });

/** A wait for a response. */
export const INPUT_WAIT = { kind: 'input', stepExecutionId: 'ask' } as const;

/** Renders the page of a run. */
export function renderRunPage(
  response: object,
  privileges: readonly string[] = Object.values(WORKFLOW_PRIVILEGES),
  {
    urls = [],
    held = Promise.resolve(),
  }: {
    /** Receives the URL of each request. */
    readonly urls?: string[];
    /** Responses to requests that change something wait for this promise. */
    readonly held?: Promise<void>;
  } = {},
) {
  const server = new FakeServer().on(RUN, response);
  const user = { ...bootDataMock().user, privileges: [...privileges] };
  const core = coreStartMock({
    fetch: async (url, init) => {
      urls.push(url);
      const response = await server.fetch(url, init);
      if (init.method !== 'GET') await held;
      return response;
    },
    boot: { user },
  });
  const { unmount } = renderWithCore(
    <ServicesContext.Provider value={servicesMock()}>
      <Routes>
        <Route path="/executions/:id" element={<RunPage />} />
      </Routes>
    </ServicesContext.Provider>,
    { core, path: '/executions/run-1' },
  );
  return { server, core, unmount };
}

/** Waits for the button with a name. */
export const findButton = (name: string | RegExp) => screen.findByRole('button', { name });
