import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import { describe, expect, it } from 'vitest';
import type { StoredRun } from '../store/run_store.ts';
import { aRun } from '../store/stored_runs.mock.ts';
import { RunAccess } from './run_access.ts';

const READ_OUTPUTS = 'workflows:read_outputs';
const ana = anAuthenticatedUser({ username: 'ana', profileUid: 'u_ana' });
const ben = anAuthenticatedUser({ username: 'ben', profileUid: 'u_ben' });
const withKey = { ...ana, authenticationType: 'api_key', apiKeyId: 'key-1' } as const;

const run: StoredRun = { ...aRun(), id: 'run-1', version: '1' };
const runOfKey: StoredRun = { ...run, apiKeyId: 'key-1' };

const accessOf = (missing: readonly string[]) => {
  const security = createSecurityStartMock({ missing });
  return { security, access: new RunAccess(security) };
};
const reads = async (user: typeof ana, of: StoredRun, missing: readonly string[]) =>
  (await accessOf(missing).access.reader({ user, spaceId: 'default' }))(of);
const responds = async (user: typeof ana, of: StoredRun, missing: readonly string[]) =>
  accessOf(missing)
    .access.ensureMayRespond({ user, spaceId: 'default' }, of)
    .then(
      () => 'yes',
      ({ code }: { readonly code: string }) => code,
    );

describe('data of a run', () => {
  it.each([
    ['is readable for its user', ana, run, [READ_OUTPUTS], true],
    ['is not readable for another user', ben, run, [READ_OUTPUTS], false],
    ['is readable for another user with the privilege', ben, run, [], true],
    ['is readable for a key without restriction', withKey, run, [READ_OUTPUTS], true],
    [
      'is not readable for a key that may not execute',
      withKey,
      run,
      [READ_OUTPUTS, 'workflows:execute'],
      false,
    ],
    [
      'is not readable for a key that may call no connector',
      withKey,
      run,
      [READ_OUTPUTS, 'actions:execute'],
      false,
    ],
    [
      'is readable for the key that started the run',
      withKey,
      runOfKey,
      [READ_OUTPUTS, 'actions:execute'],
      true,
    ],
  ] as const)('%s', async (...each) => {
    const [, user, of, missing, expected] = each;
    expect(await reads(user, of, missing)).toBe(expected);
  });

  it.each([
    ['of all users, for a user with the privilege', ben, [], {}],
    ['of the user, for a user without it', ana, [READ_OUTPUTS], { profileUid: 'u_ana' }],
    ['of its owner, for an API key', withKey, [READ_OUTPUTS], { profileUid: 'u_ana' }],
    [
      'of nobody, for an API key that may not read all runs of its owner',
      withKey,
      [READ_OUTPUTS, 'workflows:execute'],
      'execution_of_other_key',
    ],
  ] as const)('is searched in runs %s', async (...each) => {
    const [, user, missing, expected] = each;
    const search = accessOf(missing).access.readableBy({ user, spaceId: 'default' });
    expect(await search.catch(({ code }) => code)).toEqual(expected);
  });

  it('causes an audit event when another user reads it', async () => {
    const { security, access } = accessOf([]);
    access.recordRead({ user: ana, spaceId: 'default' }, run);
    expect(security.audit.events).toEqual([]);
    access.recordRead({ user: ben, spaceId: 'default' }, run);
    expect(security.audit.events).toMatchObject([
      { action: 'workflow_execution_read_outputs', subjectProfileUid: 'u_ana' },
    ]);
  });
});

describe('actions about a run', () => {
  it('cause audit events, a cancellation only when the run belongs to another user', () => {
    const { security, access } = accessOf([]);
    access.recordCancel({ user: ana, spaceId: 'default' }, run);
    expect(security.audit.events).toEqual([]);
    access.recordCancel({ user: ben, spaceId: 'default' }, run);
    access.recordAction({ user: ana, spaceId: 'default' }, run, 'respond');
    access.recordAction({ user: ana, spaceId: 'default' }, run, 'export_fixture');
    expect(security.audit.events).toMatchObject([
      { action: 'workflow_execution_cancel', subjectProfileUid: 'u_ana' },
      { action: 'workflow_execution_respond' },
      { action: 'workflow_execution_export_fixture' },
    ]);
  });
});

describe('a response to a run', () => {
  it.each([
    ['is accepted from its user', ana, run, [], 'yes'],
    ['is refused from another user with all privileges', ben, run, [], 'execution_of_other_user'],
    ['is accepted from a key without restriction', withKey, run, [], 'yes'],
    [
      'is refused from a key that may not execute',
      withKey,
      run,
      ['workflows:execute'],
      'execution_of_other_key',
    ],
    [
      'is refused from a key that may call no connector',
      withKey,
      run,
      ['actions:execute'],
      'execution_of_other_key',
    ],
    [
      'is accepted from the key that started the run',
      withKey,
      runOfKey,
      ['actions:execute'],
      'yes',
    ],
  ] as const)('%s', async (...each) => {
    const [, user, of, missing, expected] = each;
    expect(await responds(user, of, missing)).toBe(expected);
  });
});
