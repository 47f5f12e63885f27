import { describe, expect, it } from 'vitest';
import { idOfStart } from './repeated_start.ts';

const REQUEST = {
  idempotencyKey: 'k1',
  spaceId: 'default',
  profileUid: 'u_ana',
  apiKeyId: null,
  source: { workflowId: 'w' },
  inputs: { a: 1, b: { c: [1, { d: 2, e: 3 }] } },
};

describe('the id of a run with an idempotency key', () => {
  it('is the same for the same request, even if members are in another order', () => {
    const inputs = { b: { c: [1, { e: 3, d: 2 }] }, a: 1 };
    expect(idOfStart({ ...REQUEST, inputs, isDryRun: false })).toBe(idOfStart(REQUEST));
  });

  it.each([
    ['key', { idempotencyKey: 'k2' }],
    ['space', { spaceId: 'sales' }],
    ['user', { profileUid: 'u_ben' }],
    ['API key', { apiKeyId: 'key' }],
    ['workflow', { source: { workflowId: 'v' } }],
    ['source', { source: { yaml: 'w' } }],
    ['input', { inputs: { ...REQUEST.inputs, a: 2 } }],
    ['order of a list', { inputs: { ...REQUEST.inputs, b: { c: [{ d: 2, e: 3 }, 1] } } }],
    ['value of the metadata', { metadata: { from: 'test' } }],
    ['value of the dry-run setting', { isDryRun: true }],
  ])('is different for another %s', (_, change) => {
    expect(idOfStart({ ...REQUEST, ...change })).not.toBe(idOfStart(REQUEST));
  });
});
