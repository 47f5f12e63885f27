import { expect, it } from 'vitest';
import { getConnectorActionErrorMeta, setConnectorActionErrorMeta } from './errors.ts';

it('facts added to an action error are merged, and a later value replaces an earlier one', () => {
  const error = new Error('too large');
  setConnectorActionErrorMeta(error, { contentLengthBytes: 1, note: 'a' });
  setConnectorActionErrorMeta(error, { contentLengthBytes: 2 });
  expect(getConnectorActionErrorMeta(error)).toEqual({ contentLengthBytes: 2, note: 'a' });
});

it('facts can be added to a frozen error, and serializers do not print them', () => {
  const error = Object.freeze(new Error('x'));
  setConnectorActionErrorMeta(error, { contentLengthBytes: 1 });
  expect(getConnectorActionErrorMeta(error)).toEqual({ contentLengthBytes: 1 });
  expect(Object.getOwnPropertyNames(error).sort()).toEqual(['message', 'stack']);
});

it.each([undefined, null, 'text', 4])(
  'facts added to %o, which is not an object, are ignored',
  (value) => {
    setConnectorActionErrorMeta(value, { contentLengthBytes: 1 });
    expect(getConnectorActionErrorMeta(value)).toBeUndefined();
  },
);
