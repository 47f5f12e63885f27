import { describe, expect, it } from 'vitest';
import { OAuthError } from './oauth_error.ts';
import { failedFetch } from './protocol_io.ts';

const ENDPOINT = 'https://auth.example.com/token?tenant=hidden';
const coded = (code: string, over: object = {}) =>
  Object.assign(new Error('inner'), { code, ...over });
const egress = (code: string, over: object = {}) => coded(code, { name: 'EgressError', ...over });

describe('the error of a failed fetch', () => {
  it.each([
    ['timeout', 'timeout', 'transient', true],
    ['aborted', 'timeout', 'transient', true],
    ['connection_failed', 'network', 'transient', true],
    ['tls_failed', 'network', 'transient', false],
    ['dns_failed', 'network', 'transient', false],
    ['response_too_large', 'malformed_response', 'transient', true],
    ['redirect_refused', 'redirected', 'misconfigured', false],
    ['too_many_redirects', 'redirected', 'misconfigured', false],
    ['host_not_allowed', 'endpoint_not_allowed', 'misconfigured', false],
    ['address_not_allowed', 'endpoint_not_allowed', 'misconfigured', false],
    ['https_required', 'endpoint_not_allowed', 'misconfigured', false],
    ['invalid_url', 'endpoint_not_allowed', 'misconfigured', false],
  ])(
    'G91: for the egress failure %s has the code %s, the kind %s and `responseLost` %o',
    (from, code, kind, responseLost) => {
      const failure = failedFetch(egress(from), ENDPOINT, 'sent');
      expect(failure).toMatchObject({ code, kind, responseLost, status: undefined });
      expect(failure.message).toContain('auth.example.com');
      expect(failure.message).not.toContain('hidden');
    },
  );

  it.each([
    ['ECONNREFUSED', false],
    ['ENOTFOUND', false],
    ['UND_ERR_CONNECT_TIMEOUT', false],
    ['ECONNRESET', true],
    ['UND_ERR_SOCKET', true],
  ])(
    'G91: for the Node failure %s below a fetch error, has `responseLost` %o',
    (code, responseLost) => {
      const error = new TypeError('fetch failed', { cause: coded(code) });
      expect(failedFetch(error, ENDPOINT, 'sent')).toMatchObject({
        code: 'network',
        kind: 'transient',
        responseLost,
      });
    },
  );

  it.each([true, false])('keeps `responseLost` %o of the egress error', (responseLost) => {
    const error = egress('connection_failed', { responseLost });
    expect(failedFetch(error, ENDPOINT, 'sent').responseLost).toBe(responseLost);
  });

  it('reports no lost response for a request that was aborted before it was sent', () => {
    const reason = new DOMException('over', 'TimeoutError');
    expect(failedFetch(reason, ENDPOINT, 'not_sent')).toMatchObject({
      code: 'timeout',
      responseLost: false,
    });
  });

  it('keeps the cause only of an egress error, which contains no secrets', () => {
    const safe = egress('timeout');
    expect(failedFetch(safe, ENDPOINT, 'sent').cause).toBe(safe);
    expect(failedFetch(new Error('token=canary'), ENDPOINT, 'sent').cause).toBeUndefined();
  });

  it('is the thrown OAuthError itself, or a new OAuthError for any other thrown value', () => {
    const own = new OAuthError('invalid_client', 'misconfigured', 'own');
    expect(failedFetch(own, ENDPOINT, 'sent')).toBe(own);
    for (const odd of [undefined, null, 'text', 5, {}]) {
      expect(failedFetch(odd, 'not a url', 'sent')).toMatchObject({
        code: 'network',
        responseLost: true,
      });
    }
  });
});
