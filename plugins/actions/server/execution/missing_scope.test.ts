import { type ConnectorSpec, connectorSpecs, scopesNamedBy } from '@latchkey/connector-specs';
import { providers } from '@latchkey/oauth-providers';
import { describe, expect, it } from 'vitest';
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
  namedScopes: () => new Set(['mail.read', 'mail.change', 'mail.all', 'openid']),
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

describe('an action whose scope may be part of another granted scope', () => {
  const refusal = (requested: readonly string[], granted?: readonly string[]) => {
    const context = contextOf('oauth_authorization_code', requested, granted);
    return ungrantedScopeError(context, 'unless_others')?.message;
  };

  it.each([
    [['mail.read']],
    [['mail.read', 'openid']],
    [['https://graph.example/mail.read', 'openid']],
  ])('is refused if only the scopes %j are granted, which the connector type names', (granted) => {
    expect(refusal(['mail.change'], granted)).toContain('lacks [mail.change]');
  });

  it.each([
    [['mail.read', 'directory.all']],
    [['https://graph.example/mail.read', 'https://graph.example/directory.all']],
    [['MAIL.READ']],
    [['mail.all']],
    [['https://graph.example/.default']],
    [[]],
    [undefined],
  ])('is started if the scopes %j are granted', (granted) => {
    expect(refusal(['mail.change'], granted)).toBeUndefined();
  });

  it.each([[['https://graph.example/.default']], [['https://graph.example/.default', 'openid']]])(
    'is started when the response only repeats %j, which stands for all permissions of the app',
    (granted) => {
      expect(refusal(['https://graph.example/.default'], granted)).toBeUndefined();
    },
  );

  it('is refused when the connector requests all permissions of the app and the response lists others', () => {
    const message = refusal(['https://graph.example/.default', 'openid'], ['mail.read', 'openid']);
    expect(message).toContain('lacks [mail.change]. This connector requests the permissions of');
    expect(message).toContain('must add [mail.change] to the app before you authorize again');
  });

  it('is started without its scopes when they are not required', () => {
    const context = contextOf('oauth_authorization_code', ['mail.change'], ['mail.read']);
    expect(ungrantedScopeError(context, false)).toBeUndefined();
  });
});

describe('the actions of the connector types of Microsoft', () => {
  const specs = connectorSpecs.filter(({ provider }) => provider === 'microsoft');
  const scopesOf = (spec: ConnectorSpec, authType: string) => {
    const entry = spec.auth?.types.find((one) => typeof one === 'object' && one.type === authType);
    return String(typeof entry === 'object' ? entry.defaults['scope'] : '').split(' ');
  };
  const refusedActions = (spec: ConnectorSpec, granted: readonly string[]) =>
    Object.entries(spec.actions).flatMap(([name, { oauthScopes = [], isScopeRequired }]) => {
      const context: ScopeContext = {
        authType: 'oauth_authorization_code',
        requestedScopes: () => scopesOf(spec, 'oauth_authorization_code'),
        provider: providers.microsoft,
        neededScopes: () => oauthScopes,
        grantedScopes: () => granted,
        namedScopes: () => scopesNamedBy(spec),
      };
      return ungrantedScopeError(context, isScopeRequired) === undefined ? [] : [name];
    });
  const withResource = (scopes: readonly string[]) =>
    scopes.map((scope) => (/^[A-Z]/.test(scope) ? `https://graph.microsoft.com/${scope}` : scope));

  it.each(specs.map((spec) => [spec.metadata.id, spec] as const))(
    'of %s are all started with the scopes that it requests, however Microsoft names them',
    (_, spec) => {
      for (const authType of ['oauth_authorization_code', 'ears']) {
        const requested = scopesOf(spec, authType);
        const identity = ['openid', 'profile', 'email'];
        expect(refusedActions(spec, requested)).toEqual([]);
        expect(refusedActions(spec, [...withResource(requested), ...identity])).toEqual([]);
      }
    },
  );

  const refusedWith = (granted: readonly string[]) =>
    Object.fromEntries(
      specs.map((spec) => [spec.metadata.id, refusedActions(spec, granted).length]),
    );

  it('are refused when the user granted only scopes for other data', () => {
    expect(refusedWith(['https://graph.microsoft.com/User.Read', 'profile'])).toEqual({
      // All but getUser, which reads the user who connected with `User.Read`.
      '.microsoft-teams': 10,
      '.one_drive': 7,
      '.outlook': 6,
      // All but the request that the caller chooses, and a download that needs no token.
      '.sharepoint-online': 10,
    });
  });

  it.each([
    'Sites.Read.All',
    'Sites.FullControl.All',
    'https://graph.microsoft.com/Sites.Manage.All',
  ])('are started with %s if it includes their scopes', (scope) => {
    expect(refusedWith([scope, 'User.Read', 'openid'])).toEqual({
      '.microsoft-teams': 10,
      '.one_drive': 0,
      '.outlook': 6,
      '.sharepoint-online': 0,
    });
  });

  it.each(['Files.ReadWrite', 'Directory.Read.All'])(
    'are started with %s, which may include their scopes',
    (scope) => {
      for (const spec of specs) expect(refusedActions(spec, [scope])).toEqual([]);
    },
  );

  it.each([
    [[]],
    [['https://graph.microsoft.com/.default']],
    [['https://graph.microsoft.com/.default', 'offline_access', 'User.Read']],
  ])('of SharePoint are started when the token response names the scopes %j', (granted) => {
    const spec = specs.find(({ metadata }) => metadata.id === '.sharepoint-online');
    expect(spec && refusedActions(spec, granted)).toEqual([]);
  });
});

describe('a refusal that may have causes other than a missing scope', () => {
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
