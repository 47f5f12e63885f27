import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WorkflowError } from '../workflows/index.ts';
import { aRunFixture, type RunFixture } from './run_fixture.mock.ts';

let fixture: RunFixture;
beforeEach(async () => {
  fixture = await aRunFixture();
});
afterEach(() => fixture.close());

const requestOf = (value: string) => ({
  spaceId: 'default',
  user: { username: 'ana', profileUid: 'u_ana', apiKeyId: null },
  yaml: `name: test
triggers: [{ type: manual }]
inputs: [{ name: word, type: string, default: "${value}" }]
steps: [{ name: log, type: console, with: { message: done } }]
`,
  isTestRun: false,
  inputs: {},
  triggeredBy: 'manual',
});

describe('the start of a run', () => {
  it('counts for its user before templates of its workflow are rendered', async () => {
    const full = new WorkflowError('too_many_active_executions', 'Too many.');
    const { starter } = fixture.process({ quota: { add: () => Promise.reject(full) } });
    await expect(starter.start(requestOf('{{ 1 | divided_by: 0 }}'))).rejects.toBe(full);
  });

  it('fails when the default of an input allocates much', async () => {
    const { starter } = fixture.process();
    await expect(
      starter.start(requestOf('{{ (1..1000000) | sort | first }}')),
    ).rejects.toMatchObject({ code: 'workflow_inputs_invalid' });
  });
});
