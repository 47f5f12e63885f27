import { textProblems } from '@latchkey/core/server/mocks';
import type { OAuthClientConfiguration } from '@latchkey/oauth-client';
import { expect, it } from 'vitest';
import { KNOWN_SCOPES, STANDARD_SCOPES } from './known_scopes.ts';
import { describeScopes, scopeLabels } from './scope_words.ts';

const aClient = (authorizationEndpoint: string, scope: string): OAuthClientConfiguration => ({
  dialect: 'standard',
  authorizationEndpoint,
  tokenEndpoint: 'https://provider.example/token',
  clientId: 'development-client',
  tokenEndpointAuthMethod: 'none',
  scope,
});
const GOOGLE = 'https://accounts.google.com/o/oauth2/v2/auth';

it('the known scopes of a provider have a description', () => {
  const scope = 'openid https://www.googleapis.com/auth/drive.readonly';
  expect(describeScopes(aClient(GOOGLE, scope)).map(({ words }) => words?.en)).toEqual([
    'Know which account you signed in with',
    'See and download all your Google Drive files',
  ]);
});

it('unknown scopes are returned without a description, in order and without duplicates', () => {
  expect(describeScopes(aClient(GOOGLE, 'b.two  a.one b.two'))).toEqual([
    { scope: 'b.two', words: undefined },
    { scope: 'a.one', words: undefined },
  ]);
});

it('a scope has no description if the authorization host belongs to another provider', () => {
  for (const host of ['evil.example', 'github.com.evil.example', 'evilgithub.com']) {
    const [scope] = describeScopes(aClient(`https://${host}/authorize`, 'repo'));
    expect(scope).toEqual({ scope: 'repo', words: undefined });
  }
  const [scope] = describeScopes(aClient('https://github.com/login/oauth/authorize', 'repo'));
  expect(scope?.words?.en).toContain('repositories');
});

it('scopes of EARS providers have descriptions, except for names such as "constructor"', () => {
  const ears = { dialect: 'ears', baseUrl: 'https://ears.example', provider: 'slack' } as const;
  const found = describeScopes({ ...ears, scope: 'chat:write,constructor' });
  expect(found).toEqual([
    { scope: 'chat:write', words: { en: 'Send messages as you', de: expect.any(String) } },
    { scope: 'constructor', words: undefined },
  ]);
});

it('a connector without scopes has no descriptions', () => {
  const { scope: _, ...client } = aClient(GOOGLE, '');
  expect(describeScopes(client)).toEqual([]);
});

it('each known scope has exactly one short description, in every language', () => {
  const groups = [STANDARD_SCOPES, ...KNOWN_SCOPES.map(({ scopes }) => scopes)];
  for (const scopes of groups) {
    for (const { en, de } of Object.values(scopes)) {
      expect(en).toMatch(/^[A-Z].{5,79}[a-z]$/);
      expect(de).toMatch(/^[A-ZÖ].{5,99}[a-z]$/);
    }
    expect(textProblems(scopes)).toEqual([]);
  }
});

const OAUTH = 'oauth_authorization_code';

it('the described scopes of a type are those of its default provider, even with EARS', () => {
  const oauth = { type: OAUTH, defaults: { authorizationUrl: 'https://github.com/login' } };
  expect(scopeLabels({ auth: { types: ['bearer', oauth] } }, 'de')).toMatchObject({
    gist: 'Gists anlegen',
    email: 'Ihre E-Mail-Adresse sehen',
  });
  expect(scopeLabels({ auth: { types: ['bearer', oauth] } }, 'en')).toMatchObject({
    gist: 'Create gists',
    email: 'See your email address',
  });
  const ears = { type: 'ears', defaults: { provider: 'slack' } };
  expect(scopeLabels({ auth: { types: [ears] } }, 'en')).toHaveProperty(['chat:write']);
});

it('a type has descriptions only of standard scopes if its provider is unknown, and none without OAuth', () => {
  expect(Object.keys(scopeLabels({ auth: { types: [OAUTH] } }, 'en'))).toEqual(
    Object.keys(STANDARD_SCOPES),
  );
  expect(scopeLabels({ auth: { types: ['bearer', 'none'] } }, 'en')).toEqual({});
  expect(scopeLabels({}, 'en')).toEqual({});
});
