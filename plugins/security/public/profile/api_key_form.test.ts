import { describe, expect, it } from 'vitest';
import { createApiKey } from '../../common/index.ts';
import { apiKeyBody, apiKeyForm, newApiKey, readApiKeyLimits } from './api_key_form.ts';

const grants = [
  { key: 'a', spaces: ['sales'], base: 'custom' as const, features: { actions: 'read' as const } },
];
const MAX_DAYS = 365;
const values = { ...newApiKey(MAX_DAYS), name: 'ci' };

describe('the form of an API key', () => {
  it('creates a key without a restriction', () => {
    expect(apiKeyBody({ ...values, grants })).toEqual({ name: 'ci', expiration: '90d' });
  });

  it('creates a restricted key in the format that the server expects', () => {
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

  it('proposes the longest allowed lifetime when the server allows less than 90 days', () => {
    expect(newApiKey(7).days).toBe('7');
  });

  it('accepts the longest lifetime of the server, or ten years when the server sets no limit', () => {
    const security = { maxApiKeysPerUser: 5, maxApiKeyDays: 30 };
    expect(readApiKeyLimits({ plugins: { security } })).toEqual({ maxDays: 30, maxKeys: 5 });
    expect(readApiKeyLimits({ plugins: {} })).toEqual({ maxDays: 3650, maxKeys: undefined });
  });

  it.each([
    ['an empty name', { name: ' ' }, 'name'],
    ['an empty number of days', { days: '' }, 'days'],
    ['a fraction of a day', { days: '1.5' }, 'days'],
    ['more days than the server allows', { days: '366' }, 'days'],
    // The server would not restrict a key without entries.
    ['a restriction without an entry', { isRestricted: true }, 'grants'],
  ])('refuses %s', (_, changes, message) => {
    const result = apiKeyForm(MAX_DAYS).safeParse({ ...values, ...changes });
    expect(result.error?.issues.map((issue) => issue.message)).toEqual([message]);
  });
});
