import { expect, it } from 'vitest';
import { freeResponse, responseTypes } from './free_response.ts';

it.each([
  [undefined, 'yes', { value: 'yes' }],
  [undefined, '5', { value: '5' }],
  [undefined, ' {"a": 1}', { value: { a: 1 } }],
  [undefined, '[1]', { value: [1] }],
  [undefined, '[urgent] ok', { value: '[urgent] ok' }],
  ['string', '{"a": 1}', { value: '{"a": 1}' }],
  ['string', '"a"', { value: '"a"' }],
  ['number', ' 2.5 ', { value: 2.5 }],
  ['number', 'many', undefined],
  ['integer', '2.5', undefined],
  ['boolean', 'false', { value: false }],
  ['boolean', '', undefined],
  ['object', '{a', undefined],
  ['array', '[1]', { value: [1] }],
  [['number', 'null'], 'null', { value: null }],
])('for the type %j, the entered text %j is read as %j', (type, text, expected) => {
  expect(freeResponse(text, responseTypes({ type }))).toEqual(expected);
});
