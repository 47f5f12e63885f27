import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuthorizationResponse, codeOf, otherParameters } from './authorization_response.ts';
import { FlowError } from './flow_error.ts';
import { FLOW_RESPONSES } from './flow_responses.ts';

const aResponse = (over: Partial<AuthorizationResponse> = {}): AuthorizationResponse => ({
  code: undefined,
  error: undefined,
  errorDescription: undefined,
  iss: undefined,
  providerKey: undefined,
  others: {},
  responseMode: 'query',
  ...over,
});
const failureOf = (over: Partial<AuthorizationResponse>): FlowError => {
  try {
    codeOf(aResponse(over));
  } catch (error) {
    if (error instanceof FlowError) return error;
  }
  throw new Error('no FlowError was thrown');
};

describe('the code of an authorization response', () => {
  it('is returned if the response contains no error', () => {
    expect(codeOf(aResponse({ code: 'c', error: '' }))).toBe('c');
  });

  it('is not returned if the response contains an error too', () => {
    expect(failureOf({ code: 'c', error: 'access_denied' }).code).toBe('provider_refused');
  });

  it.each([
    ['access_denied', 'provider_refused'],
    ['consent_required', 'provider_refused'],
    ['anything_else', 'provider_refused'],
    ['invalid_scope', 'provider_rejected_request'],
    ['unauthorized_client', 'provider_rejected_request'],
    ['temporarily_unavailable', 'provider_unavailable'],
    ['server_error', 'provider_unavailable'],
  ])('is not returned for the error %s, which becomes %s', (error, code) => {
    expect(failureOf({ error }).code).toBe(code);
  });

  it.each([undefined, ''])('is refused when it is %o', (code) => {
    expect(failureOf({ code }).code).toBe('code_missing');
  });

  it('A26: is replaced by the error text of the provider, on one line and without characters that change the text direction', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (error, words) => {
        fc.pre(error !== '');
        const { message, code } = failureOf({ error, errorDescription: words.repeat(40) });
        const text = FLOW_RESPONSES[code].text.en;
        expect(message.startsWith(text)).toBe(true);
        const detail = message.slice(text.length).replace(/^\n\n/, '');
        expect([...detail].length).toBeLessThanOrEqual(301);
        expect(detail).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('further parameters of a response', () => {
  it('are kept if they could be grant facts', () => {
    const sent = { realmId: '123', code: 'c', state: 's', scope: 'a b' };
    expect(otherParameters(sent, ['code', 'state'])).toEqual({ realmId: '123', scope: 'a b' });
  });

  it('are ignored if they are repeated, too long, too many, or have unusual names', () => {
    const many = Object.fromEntries([...'abcdefghijklmnopqrstuvwxyz'].map((name) => [name, '1']));
    const sent = { repeated: ['1', '2'], long: 'x'.repeat(513), 'a.b': '1', __proto__x1: '1' };
    expect(otherParameters(sent, [])).toEqual({});
    expect(Object.keys(otherParameters(many, []))).toHaveLength(20);
  });
});
