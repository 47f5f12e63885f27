import { describe, expect, it } from '@jest/globals';
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

/** A spec whose actions need nested permissions: `read` < `change`, and two of their own. */
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
  it('contains by default the scopes of all actions, each once, and that of the refresh token', () => {
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
  ])('contains the least scopes of the enabled actions %j', (enabled, scopes) => {
    expect(scopesOf(aSpec(), enabled)).toEqual(scopes);
  });

  it('keeps scopes that no action names, and prefers entered ones', () => {
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

  it('contains only the scopes of the app if the spec lists them, or if EARS is used', () => {
    const listed = aSpec({ auth: { types: [{ type: OAUTH, defaults: { scope: '.default' } }] } });
    expect(scopesOf(listed, ['find', 'send'])).toEqual(['.default']);
    expect(scopesOf(aSpec(), ['find'], { authType: 'ears', scope: 'change' })).toEqual(['change']);
  });

  it('is absent without a scope in the spec, and is kept as entered with an auth type without users', () => {
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

  it('names some actions of the type, each once', () => {
    for (const list of [undefined, ['find'], ['send', 'find']]) expect(accepts(list)).toBe(true);
    for (const list of [[], null, 'find', ['unknown'], ['find', 'find'], ['_test']])
      expect(accepts(list)).toBe(false);
  });

  it('has no schema for a type without actions, or with a field of this name', () => {
    const schema = z.strictObject({ enabledActions: z.string() });
    expect(enabledActionsSchema({ actions: {} })).toBeUndefined();
    expect(enabledActionsSchema({ ...spec, schema })).toBeUndefined();
  });

  it('leaves out actions that the type no longer has, and means all when it is absent', () => {
    const stored = { enabledActions: ['find', 'removed'] };
    expect(withoutRemovedActions(spec, stored)).toEqual({ enabledActions: ['find'] });
    expect(withoutRemovedActions(spec, { a: 1 })).toEqual({ a: 1 });
    expect(enabledActionsOf(stored)).toEqual(['find', 'removed']);
    expect(enabledActionsOf({})).toBeUndefined();
  });
});
