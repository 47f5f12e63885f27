import { expect, it } from 'vitest';
import { isApproval } from './approval.ts';

const wait = { kind: 'input', stepExecutionId: 'ask' } as const;
const approved = { type: 'object', properties: { approved: { type: 'boolean' } } };

it.each([
  [{}, false],
  [{ approveLabel: 'Ship it' }, true],
  [{ schema: approved }, true],
  [{ schema: { properties: { approved: { type: 'string' } } } }, false],
  [{ schema: { properties: { ...approved.properties, why: { type: 'string' } } } }, false],
  [{ schema: true }, false],
])('the wait %j is recognised as an approval (expected: %s)', (changes, expected) => {
  expect(isApproval({ ...wait, ...changes })).toBe(expected);
});

it('a wait for something other than a response is not an approval', () => {
  expect(isApproval({ ...wait, kind: 'time', schema: approved })).toBe(false);
});
