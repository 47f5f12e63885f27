import { expect, it } from 'vitest';
import { readinessOf, waitsForUser } from './preflight.ts';

const found = {
  steps: [],
  reference: 'drive',
  state: 'found',
  id: 'drive',
  personal: true,
} as const;

it.each([
  [{ status: 'connected' }, 'ready', false],
  [{ status: 'expiring' }, 'ready', false],
  [{ status: 'a status of a newer server' }, 'ready', false],
  [{ status: 'not_connected' }, 'connect', true],
  [{ status: 'pending' }, 'connect', true],
  [{ status: 'needs_reauth' }, 'reconnect', true],
  [{ status: 'needs_site' }, 'site', true],
  [{ status: 'connected', missingScopes: ['drive'] }, 'permissions', true],
  [{ status: 'not_connected', disabledActions: ['search'] }, 'not_enabled', false],
  [{ personal: false, status: 'not_connected' }, 'ready', false],
  [{ state: 'placeholder' as const }, 'placeholder', false],
])('the check before a run gives the connection %j the result %s', (changes, readiness, waits) => {
  const connector = { ...found, ...changes };
  expect(readinessOf(connector)).toBe(readiness);
  expect(waitsForUser(connector)).toBe(waits);
});
