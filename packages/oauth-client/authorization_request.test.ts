import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createPkcePair,
  createState,
  isRefusedParam,
  refusedAuthorizationParams,
} from './authorization_request.ts';
import { aStandardClient } from './oauth_client.mock.ts';

describe('a PKCE pair', () => {
  it('A22: has a verifier of 96 random bytes, the maximum of the RFC', async () => {
    const requested: number[] = [];
    const { codeVerifier } = await createPkcePair((length) => {
      requested.push(length);
      return randomBytes(length);
    });
    expect(requested).toEqual([96]);
    expect(codeVerifier).toMatch(/^[\w-]{128}$/);
  });

  it('A22: has a new verifier for every authorization', async () => {
    const pairs = await Promise.all([1, 2, 3].map(() => createPkcePair(randomBytes)));
    expect(new Set(pairs.map((pair) => pair.codeVerifier)).size).toBe(3);
  });

  it('has a challenge derived with S256', async () => {
    const { codeVerifier, codeChallenge } = await createPkcePair(randomBytes);
    expect(codeChallenge).toBe(createHash('sha256').update(codeVerifier).digest('base64url'));
  });
});

describe('the state of an authorization', () => {
  it('is 32 random bytes, encoded as 43 characters of base64url', () => {
    expect(createState(randomBytes)).toMatch(/^[\w-]{43}$/);
    expect(createState(() => new Uint8Array(32).fill(255))).toBe(`${'_'.repeat(42)}8`);
  });
});

const RESERVED = [
  'scope',
  'user_scope',
  'claims',
  'request',
  'request_uri',
  'authorization_details',
  'client_id',
  'response_type',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
];
const at = (query: string) => `https://auth.example.com/authorize?${query}`;

describe('the reserved parameters in an authorization URL', () => {
  it.each([
    ['scope=openid%20files.write', undefined, ['scope']],
    ['scope=files.write', 'x_scope', ['scope']],
    ['x_scope=files.write', 'x_scope', ['x_scope']],
    [
      'tenant=a&request_uri=https://evil.example/r&claims=%7B%7D',
      undefined,
      ['request_uri', 'claims'],
    ],
    ['tenant=a&prompt=consent&access_type=offline&audience=api', undefined, []],
    ['permissions=8', undefined, ['permissions']],
    ['include_granted_scopes=true', undefined, ['include_granted_scopes']],
    ['scope[]=admin', undefined, ['scope[]']],
    ['%20scope=admin&scope%00=admin', undefined, [' scope', 'scope\0']],
    ['a=1;scope=admin', undefined, []],
    ['a;scope=admin', undefined, ['a;scope']],
    ['', 'user_scope', []],
    ['', 'request_uri', ['request_uri']],
    ['', 'redirect_uri', ['redirect_uri']],
    ['', 'response_mode', ['response_mode']],
    ['response_mode=form_post', undefined, []],
  ])('in the query %j with the scope parameter %j are %j', (query, scopeParamName, names) => {
    const client = aStandardClient({ authorizationEndpoint: at(query), scopeParamName });
    expect(refusedAuthorizationParams(client)).toEqual(names);
  });

  it('are found in any letter case, repeated or not', () => {
    const spelled = fc
      .constantFrom(...RESERVED)
      .chain((name) => fc.mixedCase(fc.constant(name)).map((mixed) => [name, mixed] as const));
    const others = fc.constantFrom('', 'a=1&', 'prompt=none&');
    fc.assert(
      fc.property(spelled, others, fc.boolean(), ([name, mixed], before, isTwice) => {
        const query = `${before}${mixed}=x${isTwice ? `&${name}=y` : ''}`;
        const client = aStandardClient({ authorizationEndpoint: at(query) });
        expect(refusedAuthorizationParams(client)).toContain(mixed);
        expect(isRefusedParam(mixed)).toBe(true);
      }),
    );
  });
});
