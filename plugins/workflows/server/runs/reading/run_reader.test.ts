import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { aWorkflowService } from '../../workflows/workflow_service.mock.ts';
import type { NewStoredRun } from '../store/run_store.ts';
import { aRun, aRunStore } from '../store/stored_runs.mock.ts';
import { RunAccess } from './run_access.ts';
import { toAttention } from './run_bodies.ts';
import { RunReader } from './run_reader.ts';

const YAML = 'name: w\ntriggers: [{ type: manual }]\nsteps: [{ name: ask, type: waitForInput }]\n';
const principalOf = (username: string) => ({
  user: anAuthenticatedUser({ username, profileUid: `u_${username}` }),
  spaceId: 'default',
});

let stored: Awaited<ReturnType<typeof aRunStore>>;
let service: Awaited<ReturnType<typeof aWorkflowService>>;
let reader: RunReader;
beforeEach(async () => {
  [stored, service] = await Promise.all([aRunStore(), aWorkflowService()]);
  const activeUsers = ['ana', 'ben'].map((username) => principalOf(username).user);
  const security = createSecurityStartMock({ activeUsers });
  const { workflows } = service;
  reader = new RunReader({
    store: stored.store,
    access: new RunAccess(security),
    workflows,
    security,
  });
});
afterEach(() => Promise.all([stored.stop(), service.stop()]));

/**
 * Returns the name of the user who saved the workflow of a run that waits for ana, as ana sees it.
 */
const savedByOf = async (over: Partial<NewStoredRun>): Promise<string | undefined> => {
  const run = aRun({ status: 'waiting_for_input', ...over });
  await stored.store.create('waiting', run);
  const { waiting } = await reader.attention(principalOf('ana'));
  return waiting.map(toAttention)[0]?.savedBy;
};

describe('a run that waits for its user', () => {
  it('F156: names the user who saved its workflow, if it is another user', async () => {
    await service.workflows.create(principalOf('ben'), { yaml: YAML, id: 'w' });
    expect(await savedByOf({ workflowId: 'w' })).toBe('ben');
  });

  it('F156: names the user who saved its workflow only to its own user, also in its details', async () => {
    await service.workflows.create(principalOf('ben'), { yaml: YAML, id: 'w' });
    await stored.store.create('waiting', aRun({ status: 'waiting_for_input', workflowId: 'w' }));
    const read = { input: false, output: false, hasDefinition: false };
    const of = async (user: 'ana' | 'ben') =>
      (await reader.get(principalOf(user), 'waiting', read)).savedBy;
    expect([await of('ana'), await of('ben')]).toEqual(['ben', undefined]);
  });

  it('names no user when its user saved the workflow', async () => {
    await service.workflows.create(principalOf('ana'), { yaml: YAML, id: 'w' });
    expect(await savedByOf({ workflowId: 'w' })).toBeUndefined();
  });

  it('F156: names the author of a handler that was deleted after the start of the run', async () => {
    expect(await savedByOf({ workflowId: 'w', countedFor: 'handlers:u_ben' })).toBe('ben');
  });

  it.each([
    ['tests a stored workflow', { testedWorkflowId: 'w' }],
    ['was started by a step of a test', { workflowId: 'w' }],
  ])('F156: names the user who saved its workflow if it %s', async (_, run) => {
    await service.workflows.create(principalOf('ben'), { yaml: YAML, id: 'w' });
    expect(await savedByOf({ ...run, isTestRun: true })).toBe('ben');
  });

  it('names no user when its user entered the YAML', async () => {
    expect(await savedByOf({ isTestRun: true })).toBeUndefined();
  });
});
