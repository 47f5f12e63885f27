import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { aStandardClient } from '../oauth_client.mock.ts';
import { buildAuthorizationUrl } from './authorization_url.ts';
import { refusedAuthorizationParams } from './refused_params.ts';

const at = (query: string) => `https://auth.example.com/authorize?${query}`;
const NAMES = [
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

describe('refusedAuthorizationParams', () => {
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
    ['scope[]=admin', undefined, ['scope[]']],
    ['%20scope=admin&scope%00=admin', undefined, [' scope', 'scope\0']],
    ['a=1;scope=admin', undefined, []],
    ['a;scope=admin', undefined, ['a;scope']],
    ['', 'user_scope', []],
    ['', 'request_uri', ['request_uri']],
    ['', 'redirect_uri', ['redirect_uri']],
    ['', 'response_mode', ['response_mode']],
    ['response_mode=form_post', undefined, []],
  ])('names what %j asks for by itself, with the scope as %j', (query, scopeParamName, names) => {
    const client = aStandardClient({ authorizationEndpoint: at(query), scopeParamName });
    expect(refusedAuthorizationParams(client)).toEqual(names);
  });

  it('finds a name in any spelling, as often as it occurs, and no URL is built with it', () => {
    const spelled = fc
      .constantFrom(...NAMES)
      .chain((name) => fc.mixedCase(fc.constant(name)).map((mixed) => [name, mixed] as const));
    const others = fc.constantFrom('', 'a=1&', 'prompt=none&');
    fc.assert(
      fc.property(spelled, others, fc.boolean(), ([name, mixed], before, isTwice) => {
        const query = `${before}${mixed}=x${isTwice ? `&${name}=y` : ''}`;
        const client = aStandardClient({ authorizationEndpoint: at(query), scope: 'read' });
        expect(refusedAuthorizationParams(client)).toContain(mixed);
        const request = { redirectUri: 'https://l.example/cb', state: 's', codeChallenge: 'c' };
        expect(() => buildAuthorizationUrl(client, request)).toThrow(
          expect.objectContaining({ code: 'invalid_request', kind: 'misconfigured' }),
        );
      }),
    );
  });

  it('refuses the same parameters of a provider setting', () => {
    for (const name of [...NAMES, 'Scope', 'x_scope']) {
      const client = aStandardClient({ scopeParamName: 'x_scope' });
      const request = { redirectUri: 'https://l.example/cb', state: 's', codeChallenge: 'c' };
      const build = () =>
        buildAuthorizationUrl(client, { ...request, providerParams: { [name]: 'x' } });
      expect(build).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    }
  });
});
