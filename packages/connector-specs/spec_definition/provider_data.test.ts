import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { providerData, providerDataOf } from './provider_data.ts';

const field = z.object({ data: providerData() });
const problemsOf = (data: string) =>
  field.safeParse({ data }).error?.issues.map(({ message }) => message);
const SPEC = { providerDataField: 'data' };

describe('the field for provider data', () => {
  it.each(['', '  ', '{}', '{"token": {"format": "json", "fields": {"a": 1}}}'])(
    'accepts %j',
    (text) => {
      expect(problemsOf(text)).toBeUndefined();
    },
  );

  it('reports mistakes in the data, and their places', () => {
    expect(problemsOf('{"token":')).toEqual(['is not valid JSON']);
    expect(problemsOf('[]')).toEqual([expect.stringContaining('expected object')]);
    expect(problemsOf('{"token": {"format": "xml"}, "lifetime": {"idleLimitDays": 0}}')).toEqual([
      expect.stringMatching(/^token\.format: /),
      expect.stringMatching(/^lifetime\.idleLimitDays: /),
    ]);
    expect(problemsOf('{"token": {"headers": {"authorization": "x"}}}')).toEqual([
      expect.stringMatching(/^token\.headers\.authorization: must be accept, /),
    ]);
  });

  it.each([
    ['matches every success', { status: [200, 200] }, 'needs a condition'],
    [
      'repeats a token in a message',
      { status: [403, 403], needed: { from: 'body', path: 'access_token' } },
      'must not lead to a token',
    ],
  ])('refuses a rule for a missing scope that %s', (_, rule, problem) => {
    expect(problemsOf(JSON.stringify({ api: { missingScope: [rule] } }))).toEqual([
      expect.stringContaining(problem),
    ]);
  });

  it('is read from the config, if the type has the field', () => {
    const config = { data: '{"token": {"format": "json"}}' };
    expect(providerDataOf(SPEC, config)).toMatchObject({ token: { format: 'json' } });
    expect(providerDataOf(SPEC, config)).toBe(providerDataOf(SPEC, config));
    expect(providerDataOf({}, config)).toBeUndefined();
    expect(providerDataOf(SPEC, {})).toBeUndefined();
    expect(providerDataOf(SPEC, { data: ' ' })).toBeUndefined();
    expect(providerDataOf(SPEC, { data: '{"token": 1}' })).toBeUndefined();
  });
});
