import { describe, expect, it } from '@jest/globals';
import type { Connection } from '@latchkey/actions-plugin/server';
import { aConnection, createActionsStartMock } from '@latchkey/actions-plugin/server/mocks';
import { anAuthenticatedUser } from '@latchkey/core/server/mocks';
import { createSecurityStartMock } from '@latchkey/security-plugin/server/mocks';
import type { StoredRun } from '../store/run_store.ts';
import { aRun } from '../store/stored_runs.mock.ts';
import { createAuthorizationCheck } from './authorization_check.ts';

const SINCE = 1_000;
const connectorId = 'connector-1';
const waits: StoredRun['waits'] = [
  { kind: 'authorization', stepKey: 'call', connectorId, since: SINCE },
];
const run: StoredRun = { ...aRun(), id: 'run-1', version: '1', waits };

const check = (connection: Partial<Connection>, activeUsers = [anAuthenticatedUser()]) =>
  createAuthorizationCheck({
    security: createSecurityStartMock({ activeUsers }),
    actions: createActionsStartMock({}, { connections: [aConnection(connection)] }),
  })(run);

describe('a run that waits for an authorization', () => {
  it.each([
    ['later', SINCE + 1, true],
    ['before', SINCE - 1, false],
    ['at the same time', SINCE, false],
  ])('continues only after a new one: authorized %s', async (_, at, expected) => {
    expect(await check({ connectedAt: new Date(at) })).toBe(expected);
  });

  it('continues to wait when the new authorization lacks scopes or is unusable', async () => {
    const connectedAt = new Date(SINCE + 1);
    expect(await check({ connectedAt, missingScopes: ['drive'] })).toBe(false);
    expect(await check({ connectedAt, status: 'needs_reauth' })).toBe(false);
  });

  it('continues, and then ends with the reason, when its user was disabled', async () => {
    expect(await check({}, [])).toBe(true);
  });
});
