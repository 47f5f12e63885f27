import { describe, expect, it } from 'vitest';
import { StrictStore } from './strict_store.ts';

const HOUR = 3600;
const refreshToken = (grantId: string) => ({
  grantId,
  accountId: 'ana@example.com',
  clientId: 'client-1',
});

describe('the store of the strict provider', () => {
  it('keeps the first of 30,000 active grants although many more entries follow', async () => {
    const store = new StrictStore();
    const adapter = store.adapterFor('RefreshToken');
    for (let count = 0; count < 30_000; count += 1) {
      await adapter.upsert(`token-${count}`, refreshToken(`grant-${count}`), HOUR);
    }
    expect(await adapter.find('token-0')).toMatchObject({ grantId: 'grant-0' });
    expect(store.liveGrantIds({ account: 'ana@example.com' }).size).toBe(30_000);
  });

  it('ends the grant when a token is marked as used for the second time', async () => {
    const store = new StrictStore();
    const refreshTokens = store.adapterFor('RefreshToken');
    const accessTokens = store.adapterFor('AccessToken');
    await refreshTokens.upsert('first', refreshToken('grant-1'), HOUR);
    await accessTokens.upsert('access', refreshToken('grant-1'), HOUR);
    await refreshTokens.consume('first');
    await expect(refreshTokens.consume('first')).rejects.toMatchObject({ error: 'invalid_grant' });
    expect(await accessTokens.find('access')).toBeUndefined();
  });

  it('rejects tokens for a grant that has ended', async () => {
    const store = new StrictStore();
    const adapter = store.adapterFor('RefreshToken');
    await adapter.upsert('first', refreshToken('grant-1'), HOUR);
    await adapter.revokeByGrantId('grant-1');
    await adapter.upsert('late', refreshToken('grant-1'), HOUR);
    expect(await adapter.find('late')).toBeUndefined();
    expect(store.liveGrantIds({}).size).toBe(0);
  });

  it('counts a grant as active only while it has an unused refresh token', async () => {
    const store = new StrictStore();
    const adapter = store.adapterFor('RefreshToken');
    await adapter.upsert('first', refreshToken('grant-1'), HOUR);
    expect(store.liveGrantIds({ clientId: 'client-1' }).size).toBe(1);
    expect(store.liveGrantIds({ clientId: 'client-2' }).size).toBe(0);
    await adapter.consume('first');
    expect(store.liveGrantIds({ clientId: 'client-1' }).size).toBe(0);
  });

  it('removes expired entries', async () => {
    const adapter = new StrictStore().adapterFor('Session');
    await adapter.upsert('old', { uid: 'u' }, -1);
    expect(await adapter.find('old')).toBeUndefined();
    expect(await adapter.findByUid('u')).toBeUndefined();
  });
});
