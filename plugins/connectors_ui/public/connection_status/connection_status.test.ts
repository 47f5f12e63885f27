import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectionMock, notConnectedMock } from './connection.mock.ts';
import { isConnected, needsAuthorization, toConnection } from './connection.ts';
import { permissionsOf } from './permissions.ts';
import { statusWords } from './status_words.ts';

describe('a connection in the browser', () => {
  it('has the detailed status, or the general one if the server sends no detailed one', () => {
    const status = (connection_status?: string) =>
      toConnection({ user_auth_status: 'connected', connection_status }).status;
    expect(status('refresh_failing')).toBe('refresh_failing');
    expect(status()).toBe('connected');
    expect(status('from_the_future')).toBe('unknown');
    expect(toConnection({ user_auth_status: 'not_applicable' }).status).toBe('not_applicable');
  });

  it('shows granted scopes without descriptions when the server sends none', () => {
    const { granted } = toConnection({ user_auth_status: 'connected', scopes: ['a'] });
    expect(granted).toEqual([{ scope: 'a', text: undefined }]);
  });

  it('counts failed and unsupported revocations together', () => {
    const at = '2030-01-01T00:00:00Z';
    const { unrevokedCount } = toConnection({
      user_auth_status: 'not_connected',
      failed_revocations: { count: 1, at },
      unsupported_revocations: { count: 2, at },
    });
    expect(unrevokedCount).toBe(3);
  });
});

it('a connection can be disconnected whatever status it has, if it exists', () => {
  expect(isConnected(connectionMock({ status: 'needs_reauth' }))).toBe(true);
  expect(isConnected(notConnectedMock())).toBe(false);
});

it('a connection needs an authorization when the last attempt was not finished', () => {
  expect(needsAuthorization(notConnectedMock({ status: 'pending', nextStep: 'wait' }))).toBe(true);
  expect(needsAuthorization(connectionMock())).toBe(false);
});

it('a connector with a service account needs no authorization', () => {
  const connection = toConnection({ user_auth_status: 'not_applicable', next_step: 'none' });
  expect(needsAuthorization(connection)).toBe(false);
});

describe('the permissions of a connection', () => {
  const [a, b] = [
    { scope: 'a', text: 'A' },
    { scope: 'b', text: undefined },
  ];
  const states = (connection: Parameters<typeof permissionsOf>[0]) =>
    permissionsOf(connection).map(({ scope, state }) => `${scope} ${state}`);

  it('are the requested and the granted permissions, compared with each other', () => {
    const missingScopes = ['b'];
    const connection = {
      requested: [a, b],
      granted: [a, { scope: 'c', text: 'C' }],
      missingScopes,
    };
    expect(states(connection)).toEqual(['a granted', 'b missing', 'c extra']);
  });

  it('contain each requested scope once and each other granted scope once, for any scopes', () => {
    const scopes = fc.uniqueArray(fc.constantFrom<string>('a', 'b', 'c', 'd', 'e'));
    const permissions = (names: readonly string[]) =>
      names.map((scope) => ({ scope, text: undefined }));
    fc.assert(
      fc.property(
        scopes,
        fc.option(scopes, { nil: undefined }),
        scopes,
        (asked, given, missing) => {
          const granted = given && permissions(given);
          const compared = permissionsOf({
            requested: permissions(asked),
            granted,
            missingScopes: missing,
          });
          const extra = (given ?? []).filter((scope) => !asked.includes(scope));
          expect(compared.map(({ scope }) => scope)).toEqual([...asked, ...extra]);
          for (const { scope, state } of compared) {
            expect(state === 'extra').toBe(!asked.includes(scope));
            expect(state === 'missing').toBe(asked.includes(scope) && missing.includes(scope));
            if (granted === undefined) expect(state).not.toBe('granted');
          }
        },
      ),
    );
  });

  it('are shown as requested when the provider did not tell what it granted', () => {
    expect(states({ requested: [a], granted: undefined, missingScopes: [] })).toEqual([
      'a requested',
    ]);
  });
});

describe('the text for a status', () => {
  const label = (connection: Parameters<typeof statusWords>[0]) =>
    statusWords(connection).label.defaultMessage;

  it('is "Connected" only for a usable connection', () => {
    const statuses = ['expiring', 'needs_reauth', 'refresh_failing', 'revocation_pending'] as const;
    for (const status of statuses) expect(label(connectionMock({ status }))).not.toBe('Connected');
    expect(label(undefined)).toBe('Unknown');
    expect(label(connectionMock())).toBe('Connected');
  });

  it('names an administrator and missing permissions rather than the status', () => {
    expect(label(connectionMock({ nextStep: 'ask_administrator' }))).toBe('Needs an administrator');
    expect(label(connectionMock({ missingScopes: ['x'] }))).toBe('New permissions needed');
  });
});
