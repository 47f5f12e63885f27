import { describe, expect, it } from '@jest/globals';
import { OAuthError } from '../oauth_error.ts';
import { failedFetch } from './failed_fetch.ts';

const ENDPOINT = 'https://auth.example.com/token?tenant=hidden';
const coded = (code: string, over: object = {}) =>
  Object.assign(new Error('inner'), { code, ...over });
const egress = (code: string, over: object = {}) => coded(code, { name: 'EgressError', ...over });

describe('failedFetch', () => {
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
    'G91: reads the outbound failure %s as %s, %s, answer lost: %p',
    (from, code, kind, answerLost) => {
      const failure = failedFetch(egress(from), ENDPOINT, 'sent');
      expect(failure).toMatchObject({ code, kind, answerLost, status: undefined });
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
    'G91: reads the platform failure %s beneath a fetch error, answer lost: %p',
    (code, answerLost) => {
      const error = new TypeError('fetch failed', { cause: coded(code) });
      expect(failedFetch(error, ENDPOINT, 'sent')).toMatchObject({
        code: 'network',
        kind: 'transient',
        answerLost,
      });
    },
  );

  it.each([true, false])('believes the outbound layer about a lost answer: %p', (answerLost) => {
    const error = egress('connection_failed', { answerLost });
    expect(failedFetch(error, ENDPOINT, 'sent').answerLost).toBe(answerLost);
  });

  it('knows that a request given up before it left cannot have spent anything', () => {
    const reason = new DOMException('over', 'TimeoutError');
    expect(failedFetch(reason, ENDPOINT, 'not_sent')).toMatchObject({
      code: 'timeout',
      answerLost: false,
    });
  });

  it('keeps only causes that promise to hold no secrets', () => {
    const safe = egress('timeout');
    expect(failedFetch(safe, ENDPOINT, 'sent').cause).toBe(safe);
    expect(failedFetch(new Error('token=canary'), ENDPOINT, 'sent').cause).toBeUndefined();
  });

  it('passes an OAuthError on and survives anything else that is thrown', () => {
    const own = new OAuthError('invalid_client', 'misconfigured', 'own');
    expect(failedFetch(own, ENDPOINT, 'sent')).toBe(own);
    for (const odd of [undefined, null, 'text', 5, {}]) {
      expect(failedFetch(odd, 'not a url', 'sent')).toMatchObject({
        code: 'network',
        answerLost: true,
      });
    }
  });
});
