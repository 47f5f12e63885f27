import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { challengeErrors } from './challenge_parameters.ts';

const errorsOf = (challenge: unknown) => challengeErrors({ 'www-authenticate': challenge });

describe('the error of a challenge', () => {
  it.each([
    ['Bearer error="invalid_token"', ['invalid_token']],
    ['Bearer realm="api", error="invalid_token", error_description="expired"', ['invalid_token']],
    ['Bearer error=invalid_token', ['invalid_token']],
    ["OAuth realm='https://api.example.com', error='invalid_token'", ['invalid_token']],
    ['Basic realm="api", Bearer error = "insufficient_scope"', ['insufficient_scope']],
    ['Basic realm="invalid_token"', []],
    ['Basic realm="x", error="invalid_token"', []],
    [
      'Bearer error="insufficient_scope", error_description="not an invalid_token"',
      ['insufficient_scope'],
    ],
    ['Bearer realm="a \\", error=\\"invalid_token\\""', []],
    ['Bearer', []],
    [undefined, []],
  ])('P3: is read from %s', (challenge, expected) => {
    expect(errorsOf(challenge)).toEqual(expected);
  });

  it('is never read from a description', () => {
    const text = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.string({ unit: fc.constantFrom('"', '\\', ',', ' ', '=', 'error=', 'invalid_token') }),
    );
    fc.assert(
      fc.property(text, (description) => {
        const escaped = description.replaceAll(/["\\]/g, '\\$&');
        const error = 'error="insufficient_scope"';
        expect(errorsOf(`Bearer error_description="${escaped}", ${error}`)).toEqual([
          'insufficient_scope',
        ]);
      }),
    );
  });
});
