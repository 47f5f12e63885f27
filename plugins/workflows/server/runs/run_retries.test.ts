import { createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { anAuthenticatedUser, createUrlBuilder } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { WorkerPatternMatcher, WorkerTemplateRenderer } from '@latchkey/workflow-engine';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StepTypes, type StoredWorkflow } from '../workflows/index.ts';
import { RunAccess } from './reading/run_access.ts';
import { RunRetries } from './run_retries.ts';
import type { NewRun } from './starts/new_run.ts';
import type { NewStoredRun, StoredRun } from './store/run_store.ts';
import { aRun, aRunStore } from './store/stored_runs.mock.ts';

const ana = anAuthenticatedUser({ username: 'ana', profileUid: 'u_ana' });
const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });
const keyOfAna = { ...ana, authenticationType: 'api_key', apiKeyId: 'key-1' } as const;
const OLD = 'name: old';
const PRESENT = 'name: present';

let stored: Awaited<ReturnType<typeof aRunStore>>;
let started: NewRun[];
/** The user who saved the stored workflow last. */
let author: string;
/** The API key with which the user saved it. `null`: the user was signed in. */
let keyOfAuthor: string | null;

beforeEach(async () => {
  author = 'u_ben';
  keyOfAuthor = null;
  stored = await aRunStore();
  started = [];
});

afterEach(() => stored.stop());

/**
 * Retries a whole run of ana with other inputs.
 * @returns code of the error, or `yes`
 */
const retryOf = async (
  user: typeof ana,
  { yaml, ...over }: Partial<NewStoredRun> & { readonly yaml: string },
  missing: readonly string[] = [],
): Promise<string> => {
  const { store } = stored;
  const definitionId = await store.storeDefinition('default', yaml);
  await store.create('run-1', aRun({ definitionId, status: 'completed', ...over }));
  const actions = createActionsStartMock();
  const retries = new RunRetries({
    store,
    starter: {
      start: async (request) => {
        started.push(request);
        return { ...aRun(), id: 'run-2', version: '1' } satisfies StoredRun;
      },
    },
    reader: {
      read: async (_, id) => {
        const run = await store.read(id);
        if (run === undefined) throw new Error('The run is missing.');
        return run;
      },
    },
    access: new RunAccess(createSecurityStartMock({ missing })),
    workflows: {
      get: async () =>
        ({
          enabled: true,
          yaml: PRESENT,
          runsAs: { username: '', profileUid: author, apiKeyId: keyOfAuthor },
        }) as StoredWorkflow,
    },
    stepTypes: new StepTypes(actions.connectorTypes),
    actions,
    patterns: new WorkerPatternMatcher(),
    templates: new WorkerTemplateRenderer(),
    urls: createUrlBuilder({ basePath: '', publicBaseUrl: undefined }),
  });
  const request = { mode: 'whole', inputs: {}, yaml: 'same' } as const;
  return retries.retry({ user, spaceId: 'default' }, 'run-1', request).then(
    () => 'yes',
    ({ code }: { readonly code: string }) => code,
  );
};

describe('a retry of a whole run with other inputs', () => {
  it.each([
    ['is refused for a test run of another user', ben, { yaml: OLD }, 'execution_of_other_user'],
    ['is allowed for a test run of the caller', ana, { yaml: OLD }, 'yes'],
    [
      'is refused for an earlier text of a workflow if another user started the run',
      ben,
      { yaml: OLD, workflowId: 'w' },
      'execution_of_other_user',
    ],
    [
      'is allowed for the current text of a workflow if another user started the run',
      ben,
      { yaml: PRESENT, workflowId: 'w' },
      'yes',
    ],
  ] as const)('%s', async (...[, user, run, expected]) => {
    expect(await retryOf(user, run)).toBe(expected);
    expect(started).toHaveLength(expected === 'yes' ? 1 : 0);
    expect(started.every(({ mayLackInputs }) => mayLackInputs === undefined)).toBe(true);
  });

  const run = {
    yaml: PRESENT,
    workflowId: 'w',
    metadata: { ticket: 'secret' },
    event: { subject: 'secret' },
  };

  it('copies metadata and event when the user of the run retries it', async () => {
    expect(await retryOf(ana, run)).toBe('yes');
    expect(started).toMatchObject([{ metadata: { ticket: 'secret' } }]);
  });

  it("F123: keeps the refusal of the user's accounts when a handler of another user is retried", async () => {
    const handler = { ...run, isUnattended: true, refusesPersonalConnections: true };
    expect(await retryOf(ana, handler)).toBe('yes');
    expect(started[0]?.attendance).toEqual({
      isUnattended: true,
      refusesPersonalConnections: true,
    });
  });

  it.each([
    ['its user saved last', 'u_ana', PRESENT, {}],
    ['was never refused', 'u_ben', PRESENT, { refusesPersonalConnections: undefined }],
  ])('F123: of a workflow that %s may use the accounts of the user', async (...args) => {
    const [, saved, yaml, over] = args;
    author = saved;
    const handler = { ...run, yaml, isUnattended: true, refusesPersonalConnections: true };
    expect(await retryOf(ana, { ...handler, ...over })).toBe('yes');
    expect(started[0]?.attendance).toBeUndefined();
  });

  it("F123: keeps the refusal of the user's accounts when the retried text is older than the one that the user saved", async () => {
    author = 'u_ana';
    await retryOf(ana, { ...run, yaml: OLD, refusesPersonalConnections: true });
    expect(started[0]?.attendance).toMatchObject({ refusesPersonalConnections: true });
  });

  it.each([
    ['keeps', 'the user', ana, { isUnattended: true, refusesPersonalConnections: true }],
    ['keeps', 'another key', { ...keyOfAna, apiKeyId: 'key-2' }, { isUnattended: true }],
    ['ends', 'the same key', keyOfAna, undefined],
  ] as const)(
    'F159: %s the refusal of accounts when an API key saved the workflow and %s retries a refused run',
    async (...args) => {
      const [, , caller, attendance] = args;
      author = 'u_ana';
      keyOfAuthor = 'key-1';
      const refused = { ...run, isUnattended: true, refusesPersonalConnections: true } as const;
      expect(await retryOf(caller, refused)).toBe('yes');
      if (attendance === undefined) expect(started[0]?.attendance).toBeUndefined();
      else expect(started[0]?.attendance).toMatchObject(attendance);
    },
  );

  it('copies neither metadata nor event when an API key has fewer privileges', async () => {
    expect(await retryOf(keyOfAna, run, ['actions:execute'])).toBe('yes');
    expect(started[0]).not.toHaveProperty('metadata');
    expect(started[0]).not.toHaveProperty('event');
  });
});
