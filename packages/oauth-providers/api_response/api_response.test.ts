import { describe, expect, it } from 'vitest';
import { aProvider } from '../entry/provider_entry.mock.ts';
import type { ProviderEntryInput } from '../entry/provider_entry.ts';
import { providers } from '../providers/index.ts';
import { valuesAt } from './api_response.ts';
import { classifyApiResponse, isTokenRejected } from './classify_api_response.ts';
import { isScopeDescribed, isScopeGranted, neededScopes } from './needed_scopes.ts';
import { readWait } from './read_wait.ts';

const NOW = new Date('2030-01-01T00:00:00Z');
const response = (status: number, body: unknown = {}, headers: Record<string, unknown> = {}) => ({
  status,
  body,
  headers,
});
const withApi = (api: NonNullable<ProviderEntryInput['api']>) => aProvider({ api });

describe('valuesAt', () => {
  it('follows own members of objects and the elements of arrays', () => {
    const body = { errors: [{ code: 'a' }, { code: 'b' }, {}] };
    expect(valuesAt(body, 'errors.*.code')).toEqual(['a', 'b']);
    expect(valuesAt([{ id: 1 }], '*.id')).toEqual([1]);
  });

  it('follows a member whose name has a dot, written as `.` in the path', () => {
    const body = { '@odata.nextLink': 'a', value: [{ 'b.c': 1 }] };
    expect(valuesAt(body, '@odata\\.nextLink')).toEqual(['a']);
    expect(valuesAt(body, 'value.*.b\\.c')).toEqual([1]);
  });

  it('finds no value if a member of the path is missing or only inherited', () => {
    expect(valuesAt({ errors: 'x' }, 'errors.*.code')).toEqual([]);
    expect(valuesAt({}, 'constructor.name')).toEqual([]);
    expect(valuesAt(undefined, 'a')).toEqual([]);
  });
});

describe('classifyApiResponse', () => {
  it.each([
    [401, 'token_rejected'],
    [403, 'forbidden'],
    [429, 'rate_limited'],
    [200, undefined],
    [404, undefined],
  ])('without an entry, classifies the status %s as %s', (status, signal) => {
    expect(classifyApiResponse(undefined, response(status))).toBe(signal);
  });

  it('returns rate_limited for a 403 that a rule for rate limits matches', () => {
    const entry = withApi({
      rateLimited: [{ status: [403, 403], header: { name: 'x-remaining', equals: '0' } }],
    });
    const limited = response(403, {}, { 'x-remaining': 0 });
    expect(classifyApiResponse(entry, limited)).toBe('rate_limited');
    expect(classifyApiResponse(entry, response(403, {}, { 'x-remaining': '5' }))).toBe('forbidden');
    expect(classifyApiResponse(entry, response(403))).toBe('forbidden');
  });

  it.each([
    ['You have exceeded a secondary rate limit. Wait a few minutes.', 'rate_limited'],
    ['Secondary Rate Limit', 'rate_limited'],
    ['Resource not accessible by integration', 'forbidden'],
    [undefined, 'forbidden'],
  ])('classifies the status 403 of GitHub with the message %j as %s', (message, signal) => {
    const headers = { 'x-ratelimit-remaining': '4999' };
    expect(classifyApiResponse(providers['github'], response(403, { message }, headers))).toBe(
      signal,
    );
  });

  it('matches a body only if all conditions of the rule match', () => {
    const entry = withApi({
      tokenRejected: [
        {
          status: [200, 200],
          body: [
            { path: 'ok', equals: [false] },
            { path: 'error', equals: ['token_revoked'] },
          ],
        },
      ],
    });
    const revoked = response(200, { ok: false, error: 'token_revoked' });
    expect(classifyApiResponse(entry, revoked)).toBe('token_rejected');
    expect(isTokenRejected(entry.api, revoked)).toBe(true);
    const text = response(200, { ok: true, error: 'token_revoked' });
    expect(classifyApiResponse(entry, text)).toBeUndefined();
  });

  it('compares numbers in the body', () => {
    const rule = {
      status: [200, 200] as [number, number],
      body: [{ path: 'status', equals: [401] }],
    };
    const entry = withApi({ tokenRejected: [rule] });
    expect(classifyApiResponse(entry, response(200, { status: 401 }))).toBe('token_rejected');
    expect(classifyApiResponse(entry, response(200, { status: '401' }))).toBeUndefined();
  });

  it('does not count the status 401 as a rule of the entry', () => {
    expect(isTokenRejected(aProvider().api, response(401))).toBe(false);
  });
});

describe('neededScopes', () => {
  const github = { 'x-accepted-oauth-scopes': 'repo, admin:org', 'x-oauth-scopes': 'gist' };
  const granted = () => false;
  const graph = (code: string, message = '') => response(403, { error: { code, message } });

  it.each([
    ['slack', response(200, { ok: false, error: 'missing_scope', needed: 'a:read,b:read' })],
    [
      'hubspot',
      response(403, {
        category: 'MISSING_SCOPES',
        errors: [{ context: { requiredGranularScopes: ['a:read', 'b:read'] } }],
      }),
    ],
    ['github', response(403, {}, { ...github, 'x-accepted-oauth-scopes': 'a:read, b:read' })],
    ['gitlab', response(403, { error: 'insufficient_scope', scope: 'a:read b:read' })],
    [
      'zoom',
      response(400, {
        code: 4711,
        message: 'Invalid access token, does not contain scopes:[a:read, b:read].',
      }),
    ],
    [
      'microsoft',
      graph(
        'Forbidden',
        "Missing scope permissions on the request. API requires one of 'a:read, b:read'. Scopes on the request 'c:read'",
      ),
    ],
  ] as const)('reads the scopes that %s names', (name, refusal) => {
    expect(neededScopes(providers[name], refusal, granted)).toEqual(['a:read', 'b:read']);
  });

  it.each([
    ['slack', response(200, { ok: false, error: 'missing_scope' })],
    ['linear', response(400, { errors: [{ message: 'Invalid scope: `write` required' }] })],
    ['atlassian', response(401, { code: 401, message: 'Unauthorized; scope does not match' })],
    ['microsoft', graph('Forbidden', 'Missing scope permissions on the request.')],
  ] as const)('returns no scope where %s does not name it in a field', (name, refusal) => {
    expect(neededScopes(providers[name], refusal, granted)).toEqual([]);
  });

  it.each([
    ['slack', 'another error', response(200, { ok: false, error: 'no_permission' })],
    ['gitlab', 'a role that does not suffice', response(403, { message: '403 Forbidden' })],
    ['slack', 'a success', response(200, { ok: true, error: 'missing_scope', needed: 'a' })],
    [
      'github',
      'a token that has one of the scopes',
      response(403, {}, { ...github, 'x-oauth-scopes': 'repo' }),
    ],
    [
      'github',
      'an operation without scopes',
      response(403, {}, { ...github, 'x-accepted-oauth-scopes': '' }),
    ],
    ['github', 'a rate limit', response(403, {}, { ...github, 'x-ratelimit-remaining': '0' })],
    ['github', 'another status', response(404, {}, github)],
    ['google', 'a provider without a rule', response(403)],
    ['atlassian', 'an expired token', response(401, { code: 401, message: 'Unauthorized' })],
    ['microsoft', 'a missing right of the user', graph('accessDenied', 'Access denied')],
  ] as const)('for %s, reports no missing scope after %s', (name, _, other) => {
    expect(neededScopes(providers[name], other, granted)).toBeUndefined();
  });
});

describe('neededScopes, for a rule with other causes,', () => {
  const lacking = () => true;

  it.each(['Authorization_RequestDenied', 'accessDenied', 'ErrorAccessDenied', 'Forbidden'])(
    'says for the code %s of Microsoft Graph that a scope is missing if the user lacks one',
    (code) => {
      const refusal = response(403, { error: { code, message: '' } });
      expect(neededScopes(providers['microsoft'], refusal, lacking)).toEqual([]);
      expect(neededScopes(providers['microsoft'], refusal, () => false)).toBeUndefined();
    },
  );

  it('reports no missing scope for another code', () => {
    const refusal = response(403, { error: { code: 'quotaLimitReached' } });
    expect(neededScopes(providers['microsoft'], refusal, lacking)).toBeUndefined();
  });
});

describe('isScopeGranted', () => {
  const names = {
    resourceSeparator: '/',
    includes: { 'all.change': ['all.read', 'own.change'], 'own.change': ['own.read'] },
  };

  it.each([
    ['all.change', ['all.change'], true],
    ['own.read', ['https://api.test/all.change'], true],
    ['all.read', ['own.change', 'all.change'], true],
    ['all.change', ['all.read', 'own.change'], false],
    ['constructor', ['all.change'], false],
    ['toString', ['constructor'], false],
  ])('tells if %s is among %j or included in one of them: %j', (scope, granted, expected) => {
    expect(isScopeGranted(names, scope, granted)).toBe(expected);
  });

  it('compares complete names if the provider has no separator of resources', () => {
    const granted = ['https://api.test/all.change'];
    expect(isScopeGranted({ includes: names.includes }, 'all.change', granted)).toBe(false);
    expect(isScopeGranted({}, 'https://api.test/all.change', granted)).toBe(true);
  });
});

describe('isScopeDescribed', () => {
  it('tells if the entry says which scopes a granted one includes, with or without a resource', () => {
    const { scope } = providers.microsoft.authorize;
    expect(isScopeDescribed(scope, 'https://graph.microsoft.com/User.Read')).toBe(true);
    expect(isScopeDescribed(scope, 'User.Read')).toBe(true);
    expect(isScopeDescribed(scope, 'Directory.Read.All')).toBe(false);
    expect(isScopeDescribed({}, 'constructor')).toBe(false);
  });
});

describe('readWait', () => {
  const header = (
    format: 'seconds' | 'http_date' | 'iso_time' | 'epoch_seconds' | 'epoch_ms',
    value: unknown,
  ) =>
    readWait(
      withApi({ waits: [{ from: 'header', name: 'x-wait', format }] }),
      response(429, {}, { 'x-wait': value }),
      NOW,
    );

  it.each([
    ['seconds', '7', 7_000],
    ['seconds', '1.5', 1_500],
    ['http_date', 'Tue, 01 Jan 2030 00:00:09 GMT', 9_000],
    ['iso_time', '2030-01-01T00:01:00Z', 60_000],
    ['epoch_seconds', String(NOW.getTime() / 1000 + 5), 5_000],
    ['epoch_ms', NOW.getTime() + 250, 250],
  ] as const)('reads the %s "%s" from a header as %i ms', (format, value, waitMs) => {
    expect(header(format, value)).toBe(waitMs);
  });

  it('reads seconds from the body, and a fixed number', () => {
    const body = withApi({ waits: [{ from: 'body', path: 'retry_after', format: 'seconds' }] });
    expect(readWait(body, response(429, { retry_after: 0.65 }), NOW)).toBe(650);
    const fixed = withApi({ waits: [{ from: 'fixed', seconds: 30 }] });
    expect(readWait(fixed, response(429), NOW)).toBe(30_000);
  });

  it.each([
    [403, '0', 900_000],
    [403, '4999', 60_000],
    [429, undefined, 60_000],
    [503, '4999', undefined],
  ])(
    'for the status %s of GitHub with %s remaining requests, returns %s ms',
    (status, remaining, waitMs) => {
      const headers = {
        'x-ratelimit-remaining': remaining,
        'x-ratelimit-reset': String(NOW.getTime() / 1000 + 900),
      };
      expect(readWait(providers['github'], response(status, {}, headers), NOW)).toBe(waitMs);
    },
  );

  it.each([
    ['0', 5_000],
    ['12', 9_000],
  ])(
    'for Linear with %s remaining requests, returns %s ms, the wait for the limit that is reached',
    (remaining, waitMs) => {
      const headers = {
        'x-ratelimit-requests-remaining': remaining,
        'x-ratelimit-requests-reset': String(NOW.getTime() + 5_000),
        'x-ratelimit-complexity-reset': String(NOW.getTime() + 9_000),
      };
      expect(readWait(providers['linear'], response(400, {}, headers), NOW)).toBe(waitMs);
    },
  );

  it('uses the next source when one source is absent or has another format', () => {
    const entry = aProvider();
    const date = { 'retry-after': 'Tue, 01 Jan 2030 00:00:09 GMT' };
    expect(readWait(entry, response(429, {}, date), NOW)).toBe(9_000);
    expect(readWait(entry, response(429), NOW)).toBeUndefined();
    expect(readWait(entry, response(429, {}, { 'retry-after': '5 apples' }), NOW)).toBeUndefined();
  });

  it('limits the wait to one day, and returns zero for an instant in the past', () => {
    expect(header('seconds', '999999999')).toBe(86_400_000);
    expect(header('epoch_seconds', '1')).toBe(0);
  });
});
