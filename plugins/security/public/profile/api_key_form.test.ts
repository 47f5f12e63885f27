import { describe, expect, it } from '@jest/globals';
import { createApiKey } from '../../common/index.ts';
import { apiKeyBody, apiKeyForm, NEW_API_KEY } from './api_key_form.ts';

const grants = [
  { key: 'a', spaces: ['sales'], base: 'custom' as const, features: { actions: 'read' as const } },
];
const values = { ...NEW_API_KEY, name: 'ci' };

describe('the form of an API key', () => {
  it('creates a key without a restriction', () => {
    expect(apiKeyBody({ ...values, grants })).toEqual({ name: 'ci', expiration: '90d' });
  });

  it('creates a restricted key in the format of the server', () => {
    const body = apiKeyBody({ ...values, isRestricted: true, grants });
    expect(body).toEqual({
      name: 'ci',
      expiration: '90d',
      role_descriptors: {
        restriction: { kibana: [{ base: [], feature: { actions: ['read'] }, spaces: ['sales'] }] },
      },
    });
    expect(createApiKey.body.safeParse(body).success).toBe(true);
  });

  it.each([
    ['an empty name', { name: ' ' }, 'name'],
    ['no days', { days: '' }, 'days'],
    ['a fraction of a day', { days: '1.5' }, 'days'],
    ['more than ten years', { days: '3651' }, 'days'],
    // Without an entry the server would not restrict the key.
    ['a restriction without an entry', { isRestricted: true }, 'grants'],
  ])('refuses %s', (_, changes, message) => {
    const result = apiKeyForm.safeParse({ ...values, ...changes });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});
