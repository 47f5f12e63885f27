import { describe, expect, it } from 'vitest';
import { errorCodeOf } from './error_code.ts';

describe('the code of an error in audit events', () => {
  it('is the code of an error that this product throws', () => {
    const error = Object.assign(new Error('no'), { code: 'token_revoked' });
    expect(errorCodeOf(error)).toBe('token_revoked');
  });

  it.each([
    ['without a code', new Error('no')],
    ['with a code of a system call', Object.assign(new Error('no'), { code: 'ECONNRESET' })],
    ['whose code is text of a provider', Object.assign(new Error('no'), { code: 'bearer abc' })],
    ['whose code is a number', Object.assign(new Error('no'), { code: 401 })],
    ['that is not an error', { code: 'token_revoked' }],
  ])('is `unexpected` for a value %s', (_, value) => {
    expect(errorCodeOf(value)).toBe('unexpected');
  });
});
