import { describe, expect, it } from 'vitest';
import { attentionOf, nextStepOf } from './next_step.ts';

const at = new Date(0);
const failed = (code: string) => ({ status: 'refresh_failing', lastError: { code, at } }) as const;
const none = { lastError: undefined };

describe('the next step of a user', () => {
  it.each([
    ['not_connected', 'authorize'],
    ['pending', 'wait'],
    ['connected', 'none'],
    ['expiring', 'reconnect'],
    ['refresh_failing', 'wait'],
    ['needs_reauth', 'reconnect'],
    ['revocation_pending', 'authorize'],
  ] as const)('whose connection has the status %s, is %s', (status, step) => {
    expect(nextStepOf({ ...none, status })).toBe(step);
  });

  it.each(['client_rejected', 'request_rejected', 'endpoint_not_allowed', 'key_not_configured'])(
    'is to ask an administrator if the refresh fails with %s',
    (code) => {
      expect(nextStepOf(failed(code))).toBe('ask_administrator');
    },
  );

  it.each(['connected', 'expiring'] as const)(
    'is to ask an administrator if the connection is %s, but cannot be refreshed until the connector is corrected',
    (status) => {
      expect(nextStepOf({ ...none, status, needsAdministrator: true })).toBe('ask_administrator');
    },
  );

  it('is to wait if the refresh fails with another error', () => {
    expect(nextStepOf(failed('provider_unavailable'))).toBe('wait');
  });

  it('is to authorize again if the connector requests more scopes', () => {
    expect(nextStepOf({ ...none, status: 'connected', missingScopes: ['email'] })).toBe(
      'reconnect',
    );
  });
});

describe('the reason why a connection needs attention', () => {
  it.each([
    'not_connected',
    'pending',
    'connected',
    'refresh_failing',
    'revocation_pending',
  ] as const)('is missing for a connection that is %s', (status) => {
    expect(attentionOf({ ...none, status })).toBeUndefined();
  });

  it('is that no site is chosen', () => {
    expect(attentionOf({ ...none, status: 'needs_site' })).toBe('choose_site');
  });

  it('is the most urgent one if there are several', () => {
    const failedRevocations = { count: 1, at };
    const missingScopes = ['email'];
    expect(attentionOf({ ...none, status: 'not_connected', failedRevocations })).toBe(
      'revocation_failed',
    );
    expect(attentionOf({ ...none, status: 'expiring', failedRevocations })).toBe('ends_soon');
    expect(attentionOf({ ...none, status: 'connected', missingScopes })).toBe('missing_scopes');
    expect(attentionOf({ ...none, status: 'needs_reauth', missingScopes })).toBe('reconnect');
  });

  it('is the decision about another account, even if the connection works', () => {
    const accountChange = {
      flowId: 'f',
      browserBinding: 'b',
      returnUrl: undefined,
      from: { id: '1', label: 'ana' },
      to: undefined,
      until: at,
    };
    expect(attentionOf({ ...none, status: 'connected', accountChange })).toBe('account_change');
  });
});
