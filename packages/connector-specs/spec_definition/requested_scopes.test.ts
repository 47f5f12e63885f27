import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectorSpecs } from '../connectors/index.ts';
import type { ActionDefinition, ConnectorSpec, OAuthScope } from '../contract/types.ts';
import { authTypeEntryOf } from './connector_provider.ts';
import { defineConnectorSpec } from './define_spec.ts';
import {
  enabledActionsOf,
  enabledActionsSchema,
  withoutRemovedActions,
} from './enabled_actions.ts';
import { requestedScope } from './requested_scopes.ts';
import { aConnectorSpec } from './spec.mock.ts';

const OAUTH = 'oauth_authorization_code';
const action = (
  oauthScopes: readonly OAuthScope[],
  optionalScopes: readonly string[] = [],
): ActionDefinition => ({
  input: z.strictObject({}),
  scope: 'read',
  description: 'An action.',
  oauthScopes,
  optionalScopes,
  handler: async () => undefined,
});

/** A spec whose actions need `read` or `change`, which includes `read`, and two further scopes. */
const aSpec = (over: Partial<ConnectorSpec> = {}) =>
  defineConnectorSpec(
    aConnectorSpec({
      provider: 'microsoft',
      auth: { types: [OAUTH, 'ears'] },
      actions: {
        find: action([['read', 'change']]),
        change: action(['change']),
        send: action(['send'], ['send.files']),
        ping: action([]),
      },
      ...over,
    }),
  );
const specOf = (id: string): ConnectorSpec => {
  const spec = connectorSpecs.find(({ metadata }) => metadata.id === id);
  if (spec === undefined) throw new Error(`no connector type ${id}`);
  return spec;
};
const defaultOf = (spec: ConnectorSpec, authType = OAUTH): string =>
  String(authTypeEntryOf(spec, authType)?.defaults['scope'] ?? '');
/** Scopes of a connector with these enabled actions, sorted. */
const scopesOf = (
  spec: ConnectorSpec,
  enabledActions: readonly string[] | undefined,
  { authType = OAUTH, scope = defaultOf(spec, authType) } = {},
) =>
  requestedScope(spec, {
    authType,
    scope,
    config: enabledActions === undefined ? {} : { enabledActions },
  })
    ?.split(' ')
    .sort();

describe('the scope that a connector requests', () => {
  it('contains by default each scope of the actions once, and the scope for a refresh token', () => {
    expect(defaultOf(aSpec())).toBe('change send send.files offline_access');
    expect(scopesOf(aSpec(), undefined, { scope: 'as entered' })).toEqual(['as', 'entered']);
  });

  it.each([
    [['find'], ['offline_access', 'read']],
    [
      ['find', 'change'],
      ['change', 'offline_access'],
    ],
    [['send'], ['offline_access', 'send', 'send.files']],
    [['ping'], ['offline_access']],
    [['removed'], ['offline_access']],
  ])('contains for the enabled actions %j only the scopes %j', (enabled, scopes) => {
    expect(scopesOf(aSpec(), enabled)).toEqual(scopes);
  });

  it('keeps scopes that no action names, and prefers scopes that an administrator entered', () => {
    const scope = 'openid change other send';
    expect(scopesOf(aSpec(), ['find'], { scope })).toEqual(['change', 'openid', 'other']);
    expect(scopesOf(aSpec(), ['send'], { scope: 'openid' })).toEqual([
      'openid',
      'send',
      'send.files',
    ]);
  });

  it('always contains the scopes of the connection test', () => {
    const spec = aSpec({
      test: { ...aConnectorSpec().test, oauthScopes: [['profile', 'read', 'change']] },
    });
    expect(scopesOf(spec, ['ping'])).toEqual(['offline_access', 'profile']);
    expect(scopesOf(spec, ['find'])).toEqual(['offline_access', 'read']);
  });

  it('contains only scopes that the app may request, when the spec lists them or EARS is used', () => {
    const listed = aSpec({ auth: { types: [{ type: OAUTH, defaults: { scope: '.default' } }] } });
    expect(scopesOf(listed, ['find', 'send'])).toEqual(['.default']);
    expect(scopesOf(aSpec(), ['find'], { authType: 'ears', scope: 'change' })).toEqual(['change']);
  });

  it('is absent when the spec has no scopes, and is kept as entered when the auth type has no users', () => {
    const config = { enabledActions: ['find'] };
    expect(requestedScope(aSpec(), { authType: OAUTH, scope: undefined, config })).toBeUndefined();
    expect(
      scopesOf(aSpec(), ['find'], { authType: 'oauth_client_credentials', scope: 'a' }),
    ).toEqual(['a']);
  });

  it.each([
    ['.gmail', ['searchMessages'], ['gmail.readonly']],
    ['.gmail', ['sendMessage'], ['gmail.compose']],
    ['.gmail', ['searchMessages', 'sendMessage'], ['gmail.readonly', 'gmail.send']],
    ['.google_sheets', ['readRange'], ['email', 'openid', 'spreadsheets.readonly']],
    ['.linear', ['listIssues'], ['read']],
    ['.linear', ['createIssue'], ['issues:create', 'read']],
    ['.jira-cloud', ['getIssue'], ['offline_access', 'read:jira-user', 'read:jira-work']],
    ['.one_drive', ['getDrive'], ['Files.Read.All', 'User.Read', 'offline_access']],
    [
      '.slack2',
      ['listChannels'],
      ['channels:read', 'groups:read', 'im:read', 'mpim:read', 'search:read.files'],
    ],
    ['.hubspot', ['listOwners'], ['crm.objects.contacts.read', 'crm.objects.owners.read']],
    ['.sharepoint-online', ['getSite'], ['.default', 'offline_access']],
  ])('for %s with the actions %j is %j', (id, enabled, scopes) => {
    const short = scopesOf(specOf(id), enabled)?.map((scope) => scope.replace(/^https.*\//, ''));
    expect(short?.sort()).toEqual([...scopes].sort());
  });
});

describe('the list of enabled actions', () => {
  const spec = aSpec();
  const accepts = (value: unknown) => enabledActionsSchema(spec)?.safeParse(value).success;

  it('contains each name of an action of the type at most once', () => {
    for (const list of [undefined, ['find'], ['send', 'find']]) expect(accepts(list)).toBe(true);
    for (const list of [[], null, 'find', ['unknown'], ['find', 'find'], ['_test']])
      expect(accepts(list)).toBe(false);
  });

  it('has no schema for a type without actions, or with a field of this name', () => {
    const schema = z.strictObject({ enabledActions: z.string() });
    expect(enabledActionsSchema({ actions: {} })).toBeUndefined();
    expect(enabledActionsSchema({ ...spec, schema })).toBeUndefined();
  });

  it('omits actions that the type no longer has, and means all actions when it is absent', () => {
    const stored = { enabledActions: ['find', 'removed'] };
    expect(withoutRemovedActions(spec, stored)).toEqual({ enabledActions: ['find'] });
    expect(withoutRemovedActions(spec, { a: 1 })).toEqual({ a: 1 });
    expect(enabledActionsOf(stored)).toEqual(['find', 'removed']);
    expect(enabledActionsOf({})).toBeUndefined();
  });
});
