import { describe, expect, it } from '@jest/globals';
import { resolveTokenType } from './token_type.ts';

describe('resolveTokenType', () => {
  it.each(['bearer', 'Bearer', 'BEARER', ' bearer '])('G96: spells %p as Bearer', (answered) => {
    expect(resolveTokenType(undefined, answered)).toBe('Bearer');
  });

  it.each(['mac', 'jwt', 'N_A', 'DPoP', 'user', 'Bearer token', 7, {}])(
    'G96: refuses the type %p',
    (answered) => {
      expect(resolveTokenType(undefined, answered)).toBeUndefined();
    },
  );

  it.each([undefined, null, ''])('takes a missing type (%p) for Bearer', (answered) => {
    expect(resolveTokenType(undefined, answered)).toBe('Bearer');
  });

  it('prefers the declared type whatever the provider says', () => {
    expect(resolveTokenType('token', 'mac')).toBe('token');
    expect(resolveTokenType('bearer', 'user')).toBe('Bearer');
  });

  it('refuses a declared type that would break the header', () => {
    expect(resolveTokenType('Bearer\r\nX-Evil:', 'bearer')).toBeUndefined();
  });
});
