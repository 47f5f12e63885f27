import { createUrlBuilder } from '@latchkey/core/server/mocks';
import { describe, expect, it } from 'vitest';
import { factsOf } from './run_changes.ts';
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
