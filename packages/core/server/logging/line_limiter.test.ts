import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../time/manual_time.mock.ts';
import { LineLimiter } from './line_limiter.ts';

let clock: ManualClock;
let limiter: LineLimiter;
let written: number;
let summaries: (readonly [number, string | undefined, string?])[];
beforeEach(() => {
  clock = new ManualClock();
  limiter = new LineLimiter(clock);
  written = 0;
  summaries = [];
});

function offer(
  times: number,
  network: string | undefined = '192.0.2.1',
  kind = 'login_failed',
  username?: string,
): void {
  for (let i = 0; i < times; i += 1) {
    const isWritten = limiter.admits({ kind, network, username }, (skipped) =>
      summaries.push(
        skipped.username === undefined
          ? [skipped.count, skipped.network]
          : [skipped.count, skipped.network, skipped.username],
      ),
    );
    if (isWritten) written += 1;
  }
}

describe('the limit of log lines per source', () => {
  it('writes the first lines of a network in each minute, then one line with the number of the others', async () => {
    offer(500);
    expect([written, summaries]).toEqual([20, []]);
    await clock.advance(60_000);
    expect(summaries).toEqual([[480, '192.0.2.1']]);
    offer(1);
    expect(written).toBe(21);
  });

  it('counts each kind and network separately', () => {
    offer(25, 'a');
    offer(25, 'b');
    offer(25, 'a', 'api_key_invalid');
    limiter.flush();
    expect(written).toBe(60);
    expect(summaries).toEqual([
      [5, 'a'],
      [5, 'b'],
      [5, 'a'],
    ]);
  });

  it('uses bounded memory for any number of networks and loses no count', () => {
    for (let i = 0; i < 5_000; i += 1) offer(1, `network ${i}`);
    expect(written).toBe(1_020);
    limiter.flush();
    expect(summaries).toEqual([[3_980, undefined]]);
  });

  it('writes lines about a user although lines about others used up the limit', () => {
    offer(500);
    offer(9, '192.0.2.1', 'login_failed', 'ben');
    expect(written).toBe(29);
    offer(20, '192.0.2.1', 'login_failed', 'ben');
    limiter.flush();
    expect(summaries).toEqual([
      [480, '192.0.2.1'],
      [9, '192.0.2.1', 'ben'],
    ]);
  });

  it('names a user even while lines come from any number of networks', () => {
    for (let i = 0; i < 5_000; i += 1) offer(1, `network ${i}`);
    const before = written;
    for (let i = 0; i < 30; i += 1) offer(1, `other network ${i}`, 'login_failed', 'ben');
    expect(written - before).toBe(20);
    limiter.flush();
    expect(summaries).toContainEqual([10, undefined, 'ben']);
  });

  it('uses bounded memory for any number of users and loses no count', () => {
    for (let i = 0; i < 30_000; i += 1) offer(1, 'a', 'login_failed', `user ${i}`);
    expect(written).toBe(10_020);
    limiter.flush();
    expect(summaries).toEqual([[19_980, undefined]]);
  });

  it('writes no summary for a minute in which every line was written', async () => {
    offer(20);
    await clock.advance(60_000);
    expect(summaries).toEqual([]);
  });
});
