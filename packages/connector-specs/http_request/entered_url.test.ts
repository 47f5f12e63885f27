import type { GrantFact } from '@latchkey/oauth-providers';
import { describe, expect, it } from 'vitest';
import { enteredUrlProblem, hasGrantHost, resolveEnteredUrl } from './entered_url.ts';

const fact = (name: string, kind: GrantFact['kind'], hosts?: string[]): GrantFact => ({
  name,
  kind,
  from: 'token_response',
  path: name,
  ...(hosts === undefined ? {} : { hosts }),
});
const FACTS = [
  fact('dc', 'label', ['*.api.example.com']),
  fact('base', 'origin', ['*.example.com']),
  fact('host', 'host', ['*.example.com']),
  fact('id', 'text'),
];

describe('a URL that an administrator entered', () => {
  it.each([
    ['https://api.example.com/v1', 'https://api.example.com/v1'],
    ['https://{grant.dc}.api.example.com/v1', 'https://us6.api.example.com/v1'],
    ['https://{grant.base}/v1/{grant.id}', 'https://acme.example.com/v1/a%2Fb'],
    ['https://{grant.host}/v1/', 'https://eu.example.com/v1'],
    ['https://api.example.com/{grant.id}', 'https://api.example.com/a%2Fb'],
  ])('may be %s', (url, resolved) => {
    expect(enteredUrlProblem(url, FACTS)).toBeUndefined();
    const base = 'https://acme.example.com';
    const facts = { dc: 'us6', base, host: 'eu.example.com', id: 'a/b' };
    expect(resolveEnteredUrl(url, facts)).toBe(resolved);
  });

  it.each([
    'https://{grant.unknown}/v1',
    'https://{grant.id}/v1',
    'https://{grant.id}.api.example.com',
    'https://{grant.dc}',
    'https://{grant.dc}.example.com',
    'https://{grant.base}.example.com',
    'https://{grant.base}:8443',
    'https://{grant.base}@evil.example',
    'https://evil.example@{grant.base}',
    'https://{grant.dc}.api.example.com.evil.example',
    'http://{grant.base}',
    'https://{grant.dc}{grant.dc}.api.example.com',
  ])('may not be %s', (url) => {
    expect(enteredUrlProblem(url, FACTS)).toEqual(expect.any(String));
  });

  it.each([{}, { dc: 'a/b' }, { dc: 'a.evil.example#' }, { dc: '' }])(
    'is not resolved with the grant %j',
    (facts) => {
      const url = 'https://{grant.dc}.api.example.com';
      expect(() => resolveEnteredUrl(url, facts)).toThrow('[dc]');
    },
  );

  it('takes its host from the grant only if a grant fact is before the path', () => {
    expect(hasGrantHost('https://{grant.dc}.api.example.com/')).toBe(true);
    expect(hasGrantHost('https://api.example.com/{grant.id}')).toBe(false);
  });
});
