import { describe, expect, it } from 'vitest';
import { usesOAuthAuthorizationCode } from './uses_oauth.ts';

describe('the check whether users connect their own account', () => {
  it.each([
    ['per-user', true],
    ['shared', false],
    [undefined, false],
  ] as const)('for the auth mode %s is %s', (authMode, expected) => {
    expect(usesOAuthAuthorizationCode({ auth_mode: authMode })).toBe(expected);
  });

  it('is true for a preconfigured connector, whose users connect in the same way', () => {
    const connector = { id: 'drive', is_preconfigured: true, auth_mode: 'per-user' } as const;
    expect(usesOAuthAuthorizationCode(connector)).toBe(true);
  });

  it('is false for a system connector, which has no auth mode', () => {
    const connector = { id: 'system-cases', is_system_action: true, auth_mode: undefined };
    expect(usesOAuthAuthorizationCode(connector)).toBe(false);
  });

  it.each(['oauth_authorization_code', 'ears'])(
    'depends on the auth mode alone, even when the config names %s',
    (authType) => {
      const config = { authType };
      const personal = { config, auth_mode: 'per-user' } as const;
      const shared = { config, auth_mode: 'shared' } as const;
      expect(usesOAuthAuthorizationCode(personal)).toBe(true);
      expect(usesOAuthAuthorizationCode(shared)).toBe(false);
    },
  );

  it('is false without a connector', () => {
    expect(usesOAuthAuthorizationCode(undefined)).toBe(false);
  });
});
