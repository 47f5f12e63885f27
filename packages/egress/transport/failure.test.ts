import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { EgressError, findEgressError } from '../egress_error.ts';
import { toEgressError } from './failure.ts';

function coded(code: string): Error {
  return Object.assign(new Error('details nobody should see: token=abc'), { code });
}

describe('the error of a failed call', () => {
  it.each([
    ['ENOTFOUND', 'dns_failed'],
    ['EAI_AGAIN', 'dns_failed'],
    ['ECONNREFUSED', 'connection_failed'],
    ['ECONNRESET', 'connection_failed'],
    ['EHOSTUNREACH', 'connection_failed'],
    ['UND_ERR_SOCKET', 'connection_failed'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['CERT_HAS_EXPIRED', 'tls_failed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls_failed'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls_failed'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls_failed'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls_failed'],
    ['HPE_INVALID_CONSTANT', 'invalid_response'],
    ['Z_DATA_ERROR', 'invalid_response'],
    ['UND_ERR_INVALID_ARG', 'invalid_request'],
    ['SOMETHING_NEW', 'connection_failed'],
  ])('G91: for the failure %s, has the code %s', (systemCode, code) => {
    const cause = coded(systemCode);
    const failure = toEgressError(cause, 'api.example.com', false);
    expect(failure).toMatchObject({ code, host: 'api.example.com', responseLost: false, cause });
    expect(failure.message).not.toContain('token=abc');
  });

  it('G91: reports a rejected client certificate as a request that was not sent', () => {
    const alert = coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED');
    expect(toEgressError(alert, 'ears.example.com', true)).toMatchObject({
      code: 'tls_failed',
      responseLost: false,
    });
  });

  it('G91: reports a failure after the first byte as a lost response', () => {
    expect(toEgressError(coded('ECONNRESET'), 'h', true).responseLost).toBe(true);
    expect(toEgressError(coded('ECONNRESET'), 'h', false).responseLost).toBe(false);
  });

  it('is a separate copy for each request that waited for the same connection', () => {
    const shared = new EgressError('address_not_allowed', 'no', 'h');
    const copy = toEgressError(shared, 'h', false);
    expect(copy).not.toBe(shared);
    expect(copy).toMatchObject({ code: 'address_not_allowed', message: 'no', cause: shared });
  });

  it('E64: does not contain the bytes of a parser error', () => {
    const broken = Object.assign(new Error('no HTTP'), {
      name: 'HTTPParserError',
      data: 'token=abc',
    });
    const failure = toEgressError(broken, 'h', true);
    expect(failure).toMatchObject({ code: 'invalid_response', cause: { message: 'no HTTP' } });
    expect(inspect(failure)).not.toContain('token=abc');
  });

  it('is an EgressError even if the thrown value is not an error', () => {
    expect(toEgressError('odd', 'h', false)).toMatchObject({ code: 'connection_failed' });
  });
});

describe('the search for an EgressError', () => {
  it('finds the EgressError in the causes of other errors', () => {
    const failure = new EgressError('timeout', 'late', 'h');
    const wrapped = new Error('outer', { cause: new Error('inner', { cause: failure }) });
    expect(findEgressError(wrapped)).toBe(failure);
  });

  it('returns undefined for a circular chain or one without an EgressError', () => {
    const circular = new Error('a');
    circular.cause = circular;
    expect(findEgressError(circular)).toBeUndefined();
    expect(findEgressError({ code: 'timeout' })).toBeUndefined();
  });
});
