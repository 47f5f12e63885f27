import { describe, expect, it } from '@jest/globals';
import { providers } from '@latchkey/oauth-providers';
import {
  missingScopeError,
  type ScopeContext,
  ungrantedScopeError,
  ungrantedScopesOf,
} from './missing_scope.ts';

const needed = [['mail.change', 'mail.all']] as const;
const contextOf = (
  authType: string,
  requested: readonly string[],
  granted?: readonly string[],
): ScopeContext => {
  const requestedScopes = () => requested;
  return {
    authType,
    requestedScopes,
    provider: providers.microsoft,
    ungrantedScopes: () => ungrantedScopesOf(needed, granted, { authType, requestedScopes }),
  };
};
const errorFor = (
  authType: string,
  requested: readonly string[],
  granted?: readonly string[],
): string | undefined => ungrantedScopeError(contextOf(authType, requested, granted))?.message;

describe('an action whose scopes the token response did not name', () => {
  it('is refused with EARS if the connector does not request them', () => {
    expect(errorFor('ears', ['mail.read'])).toContain('does not request [mail.change]');
    expect(errorFor('ears', ['mail.read'], [])).toContain('does not request [mail.change]');
  });

  it.each([
    ['ears', ['mail.change']],
    ['ears', ['mail.read', 'mail.all']],
    ['ears', []],
    ['oauth_authorization_code', ['mail.read']],
  ])('is permitted with %s and the requested scopes %j', (authType, requested) => {
    expect(errorFor(authType, requested)).toBeUndefined();
  });

  it('is refused with EARS if the token response names others', () => {
    expect(errorFor('ears', ['mail.change'], ['mail.read'])).toContain('lacks [mail.change]');
  });
});

describe('the scopes of an action that the user did not grant', () => {
  it.each([
    [['mail.read'], ['mail.change']],
    [['mail.all'], []],
    // Microsoft also names them with their resource.
    [['https://graph.example/mail.all'], []],
    [['https://graph.example/mail.read', 'https://graph.example/.default'], []],
  ])('of the granted scopes %j are %j', (granted, expected) => {
    const context = contextOf('oauth_authorization_code', ['mail.change'], granted);
    expect(context.ungrantedScopes()).toEqual(expected);
  });
});

describe('a refusal that has other causes than a missing scope', () => {
  const refusal = { status: 403, headers: {}, data: { error: { code: 'ErrorAccessDenied' } } };
  const reasonWith = (granted: readonly string[] | undefined) =>
    missingScopeError(refusal, contextOf('oauth_authorization_code', ['mail.change'], granted));

  it('names the scope of the action that the user did not grant', () => {
    expect(reasonWith(['mail.read'])).toMatchObject({
      reason: 'missing_scope',
      message: expect.stringContaining('your authorization lacks [mail.change]. Authorize'),
    });
  });

  it.each([[['mail.all']], [undefined]])(
    'is no missing scope when the user granted %j',
    (granted) => {
      expect(reasonWith(granted)).toBeUndefined();
    },
  );
});
