import { describe, expect, it } from '@jest/globals';
import { providers } from '@latchkey/oauth-providers';
import { missingScopeError, type ScopeContext, ungrantedScopeError } from './missing_scope.ts';

const needed = [['mail.change', 'mail.all']] as const;
const contextOf = (
  authType: string,
  requested: readonly string[],
  granted?: readonly string[],
): ScopeContext => ({
  authType,
  requestedScopes: () => requested,
  provider: providers.microsoft,
  neededScopes: () => needed,
  grantedScopes: () => granted,
});
const errorFor = (
  authType: string,
  requested: readonly string[],
  granted?: readonly string[],
): string | undefined => ungrantedScopeError(contextOf(authType, requested, granted))?.message;

describe('an action whose scopes are missing in the token response', () => {
  it('is refused with EARS if the connector does not request the scopes', () => {
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

  it('is refused with EARS if the token response names other scopes', () => {
    expect(errorFor('ears', ['mail.change'], ['mail.read'])).toContain('lacks [mail.change]');
  });
});

describe('the scopes of an action that the user did not grant', () => {
  it.each([
    [['mail.read'], expect.stringContaining('lacks [mail.change]')],
    [['mail.all'], undefined],
    // Microsoft may also prefix scopes with the URL of their resource.
    [['https://graph.example/mail.all'], undefined],
    [['https://graph.example/mail.read', 'https://graph.example/.default'], undefined],
  ])('are computed from the granted scopes %j', (granted, expected) => {
    expect(errorFor('oauth_authorization_code', ['mail.change'], granted)).toEqual(expected);
  });

  it.each([['https://graph.example/mail.all'], ['https://graph.example/.default']])(
    'are computed from %s unchanged if the provider does not prefix scopes',
    (granted) => {
      const context = {
        ...contextOf('oauth_authorization_code', ['mail.change'], [granted]),
        provider: providers.google,
      };
      expect(ungrantedScopeError(context)?.message).toContain('lacks [mail.change]');
    },
  );

  it('are not computed for a response that no rule of the provider describes', () => {
    const context = {
      ...contextOf('oauth_authorization_code', ['mail.change'], ['mail.read']),
      grantedScopes: () => {
        throw new Error('looked for');
      },
    };
    const response = { status: 200, headers: {}, data: { value: [] } };
    expect(missingScopeError(response, context)).toBeUndefined();
  });
});

describe('a refusal that may have other causes than a missing scope', () => {
  const refusal = { status: 403, headers: {}, data: { error: { code: 'ErrorAccessDenied' } } };
  const reasonWith = (granted: readonly string[] | undefined) =>
    missingScopeError(refusal, contextOf('oauth_authorization_code', ['mail.change'], granted));

  it('is reported as a missing scope, with its name, if the user did not grant it', () => {
    expect(reasonWith(['mail.read'])).toMatchObject({
      reason: 'missing_scope',
      message: expect.stringContaining('your authorization lacks [mail.change]. Authorize'),
    });
  });

  it.each([[['mail.all']], [undefined]])(
    'is not reported as a missing scope if the user granted %j',
    (granted) => {
      expect(reasonWith(granted)).toBeUndefined();
    },
  );
});
