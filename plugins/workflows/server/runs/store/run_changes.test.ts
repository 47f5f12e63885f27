import { createUrlBuilder } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { factsOf, waitingChanges } from './run_changes.ts';
import { aRun } from './stored_runs.mock.ts';

const given = { inputs: {}, metadata: undefined, event: undefined };
const run = {
  ...aRun(),
  id: 'run-1',
  version: 'v1',
  spaceId: 'sales',
  parentRunId: 'run-0',
  parent: { workflowId: 'outer', depth: 2, isAwaited: true },
};

describe('the facts that templates read', () => {
  const noUrls = createUrlBuilder({ basePath: '', publicBaseUrl: undefined });

  it('contain the addresses of the run and of its space', () => {
    const publicBaseUrl = 'https://latchkey.example.com/base';
    const urls = createUrlBuilder({ basePath: '/base', publicBaseUrl });
    expect(factsOf(run, given, urls)).toMatchObject({
      execution: { url: `${publicBaseUrl}/s/sales/app/workflows/executions/run-1` },
      kibanaUrl: `${publicBaseUrl}/s/sales`,
    });
  });

  it('contain no address that the server does not know', () => {
    const facts = factsOf(run, given, noUrls);
    expect(facts).not.toHaveProperty('kibanaUrl');
    expect(facts.execution).not.toHaveProperty('url');
  });

  it('name the workflow of the run that started this one', () => {
    expect(factsOf(run, given, noUrls)).toMatchObject({
      parent: { workflowId: 'outer', parentWorkflowId: 'outer', executionId: 'run-0', depth: 1 },
    });
  });
});

describe('a run that begins to wait', () => {
  const stepKey = 'call';
  const pause = { kind: 'time', stepKey: 'pause', wakeAt: 9_000 } as const;

  it('waits since the first response that needed an authorization, although its call was tried again', () => {
    const again = { since: 5_000, firstAt: 1_000, earlierWaits: 1 };
    const waits = [pause, { kind: 'authorization', stepKey, connectorId: 'c1', ...again } as const];
    const { waitingSince } = waitingChanges(run, { waits, steps: [] }, 5_500);
    expect(waitingSince).toBe(new Date(1_000).toISOString());
  });

  it('stores the failed call apart from its wait, so that servers of an older build can change the run', () => {
    const again = { since: 5_000, firstAt: 1_000, earlierWaits: 1, reason: 'missing_scope' };
    const authorization = { kind: 'authorization', stepKey, connectorId: 'c1' } as const;
    const waits = [pause, { ...authorization, ...again, wakeAt: 9_500 }];
    const changes = waitingChanges(run, { waits, steps: [] }, 5_500);
    expect(changes.waits).toEqual([pause, { ...authorization, since: 5_000, wakeAt: 9_500 }]);
    expect(changes.unauthorizedCalls).toEqual([
      { stepKey, since: 5_000, earlierWaits: 1, reason: 'missing_scope' },
    ]);
  });

  it('waits since now if it needs no authorization', () => {
    const { waitingSince } = waitingChanges(run, { waits: [pause], steps: [] }, 5_500);
    expect(waitingSince).toBe(new Date(5_500).toISOString());
  });
});
