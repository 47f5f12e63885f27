import { ManualClock } from '@latchkey/core/server/mocks';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type SentRequest, TokenRejections } from './token_rejections.ts';

const MINUTE_MS = 60_000;

let clock: ManualClock;
let rejections: TokenRejections;
beforeEach(() => {
  clock = new ManualClock();
  rejections = new TokenRejections(clock);
});

const aRequest = (over: Partial<SentRequest> = {}): SentRequest => ({
  grant: 'default/github/u_ana',
  method: 'GET',
  path: 'https://api.example/admin',
  fingerprint: 'token-1',
  ...over,
});
/** Records that an endpoint rejected the new token after its first rejection caused a refresh. */
const rejectFresh = (over: Partial<SentRequest> = {}) =>
  rejections.rejectedAfterRefresh(aRequest(over));

describe('a refresh after a rejection', () => {
  it('is allowed for a grant without an earlier rejection', () => {
    expect(rejections.mayRefresh(aRequest())).toBe(true);
  });

  it('is not allowed for an endpoint that rejected a fresh token, and allowed for all others', () => {
    rejectFresh();
    expect(rejections.mayRefresh(aRequest())).toBe(false);
    expect(rejections.mayRefresh(aRequest({ path: 'https://api.example/user' }))).toBe(true);
    expect(rejections.mayRefresh(aRequest({ method: 'POST' }))).toBe(true);
    expect(rejections.mayRefresh(aRequest({ grant: 'default/github/u_ben' }))).toBe(true);
  });

  it('has to wait twice as long after each further rejection, but at most an hour', async () => {
    const waited: number[] = [];
    for (let round = 0; round < 9; round++) {
      rejectFresh();
      let minutes = 0;
      while (!rejections.mayRefresh(aRequest())) {
        await clock.advance(MINUTE_MS);
        minutes += 1;
      }
      waited.push(minutes);
    }
    expect(waited).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('is counted once when many calls share it', () => {
    for (let call = 0; call < 40; call++) rejectFresh();
    expect(rejections.mayRefresh(aRequest())).toBe(false);
    expect(rejections.mayRefresh(aRequest({ path: 'https://api.example/user' }))).toBe(true);
  });

  it('has to wait at most five minutes if the token has changed', async () => {
    for (let round = 0; round < 6; round++) {
      rejectFresh();
      await clock.advance(60 * MINUTE_MS);
    }
    rejectFresh();
    await clock.advance(5 * MINUTE_MS);
    expect(rejections.mayRefresh(aRequest())).toBe(false);
    expect(rejections.mayRefresh(aRequest({ fingerprint: 'token-2' }))).toBe(true);
  });

  it('is allowed again once the endpoint has accepted a token', () => {
    rejectFresh();
    rejections.accepted(aRequest({ fingerprint: 'token-2' }), { afterRefresh: false });
    expect(rejections.mayRefresh(aRequest())).toBe(true);
  });

  it('has to wait a minute at every endpoint after it did not help at three endpoints', async () => {
    for (const item of [1, 2, 3]) rejectFresh({ path: `https://api.example/items/${item}` });
    const next = aRequest({ path: 'https://api.example/items/4' });
    expect(rejections.mayRefresh(next)).toBe(false);
    await clock.advance(MINUTE_MS);
    expect(rejections.mayRefresh(next)).toBe(true);
  });

  it('is allowed at most 30 times a day for one endpoint that always rejects', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 3_600_000 }), { minLength: 50 }), (pauses) => {
        let nowMs = 0;
        const memory = new TokenRejections({ monotonic: () => nowMs });
        let refreshes = 0;
        for (const pauseMs of pauses) {
          nowMs += pauseMs;
          if (nowMs > 24 * 60 * MINUTE_MS) break;
          if (!memory.mayRefresh(aRequest({ fingerprint: `token-${refreshes}` }))) continue;
          refreshes += 1;
          memory.rejectedAfterRefresh(aRequest({ fingerprint: `token-${refreshes}` }));
        }
        expect(refreshes).toBeLessThanOrEqual(30);
      }),
    );
  });
});

describe('the number of endpoints that reject a token', () => {
  const onPath = (path: string, fingerprint = 'token-1') =>
    rejections.rejected(aRequest({ path: `https://api.example${path}`, fingerprint }));

  it('suffices to treat the token as rejected after the third endpoint', () => {
    expect([onPath('/a'), onPath('/a'), onPath('/b'), onPath('/c')]).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('counts all items of a collection as one endpoint', () => {
    const items = Array.from({ length: 20 }, (_, item) => onPath(`/items/${item}`));
    expect(items).toEqual(items.map(() => false));
    expect([onPath('/users/1'), onPath('/projects/1')]).toEqual([false, true]);
  });

  it('starts at zero again after an endpoint has accepted the token', () => {
    onPath('/a');
    onPath('/b');
    rejections.accepted(aRequest({ path: 'https://api.example/user' }), { afterRefresh: false });
    expect([onPath('/a'), onPath('/b')]).toEqual([false, false]);
  });

  it('is counted separately for each token', () => {
    onPath('/a');
    onPath('/b');
    expect(onPath('/c', 'token-2')).toBe(false);
  });
});
