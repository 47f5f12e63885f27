import { expect, it } from '@jest/globals';
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
])('an approval is recognised in %j: %s', (changes, expected) => {
  expect(isApproval({ ...wait, ...changes })).toBe(expected);
});

it('a run that waits for something else has no approval', () => {
  expect(isApproval({ ...wait, kind: 'time', schema: approved })).toBe(false);
});
