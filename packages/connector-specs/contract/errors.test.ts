import { expect, it } from '@jest/globals';
import { getConnectorActionErrorMeta, setConnectorActionErrorMeta } from './errors.ts';

it('merges facts and keeps the later value', () => {
  const error = new Error('too large');
  setConnectorActionErrorMeta(error, { contentLengthBytes: 1, note: 'a' });
  setConnectorActionErrorMeta(error, { contentLengthBytes: 2 });
  expect(getConnectorActionErrorMeta(error)).toEqual({ contentLengthBytes: 2, note: 'a' });
});

it('works on a frozen error and adds nothing that a serializer prints', () => {
  const error = Object.freeze(new Error('x'));
  setConnectorActionErrorMeta(error, { contentLengthBytes: 1 });
  expect(getConnectorActionErrorMeta(error)).toEqual({ contentLengthBytes: 1 });
  expect(Object.getOwnPropertyNames(error).sort()).toEqual(['message', 'stack']);
});

it.each([undefined, null, 'text', 4])('ignores %p, which is not an object', (value) => {
  setConnectorActionErrorMeta(value, { contentLengthBytes: 1 });
  expect(getConnectorActionErrorMeta(value)).toBeUndefined();
});
