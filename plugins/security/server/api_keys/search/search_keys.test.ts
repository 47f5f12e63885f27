import { expect, it } from 'vitest';
import type { ApiKey } from '../store/api_key.ts';
import { keyOrder } from './key_order.ts';
import { searchKeys } from './search_keys.ts';

const aKey = (id: string): ApiKey => ({
  id,
  name: id,
  secretHash: 'hash',
  username: 'ben',
  profileUid: 'u-ben',
  createdAt: new Date('2026-05-01T00:00:00Z'),
  expiresAt: undefined,
  metadata: {},
  roleDescriptors: {},
  epoch: undefined,
});

it('other requests are served during a long search for API keys', async () => {
  let served = 0;
  let isFinished = false;
  const serve = () => {
    served += 1;
    if (!isFinished) setImmediate(serve);
  };
  setImmediate(serve);
  async function* keys() {
    for (let n = 0; n < 10; n += 1) yield aKey(String(n));
  }
  const servedAt: number[] = [];
  const matches = () => {
    servedAt.push(served);
    for (const since = performance.now(); performance.now() - since < 12; );
    return true;
  };
  const search = {
    matches,
    order: keyOrder({ field: 'creation', direction: 'desc' }),
    after: undefined,
    from: 0,
    size: 10,
  };
  const { total } = await searchKeys(keys(), search, 0);
  isFinished = true;
  expect(total).toBe(10);
  expect(new Set(servedAt).size).toBe(10);
});
