import { expect, it } from '@jest/globals';
import { freeResponse } from './free_response.ts';

it.each([
  ['yes', { value: 'yes' }],
  ['5', { value: '5' }],
  [' {"a": 1}', { value: { a: 1 } }],
  ['[1]', { value: [1] }],
  ['{a', undefined],
])('reads %j as %j', (text, expected) => {
  expect(freeResponse(text)).toEqual(expected);
});
