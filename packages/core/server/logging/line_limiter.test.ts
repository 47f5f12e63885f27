import { beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '../time/manual_time.mock.ts';
import { LineLimiter } from './line_limiter.ts';

let clock: ManualClock;
let limiter: LineLimiter;
let written: number;
let summaries: [number, string | undefined][];
beforeEach(() => {
  clock = new ManualClock();
  limiter = new LineLimiter(clock);
  written = 0;
  summaries = [];
});

function offer(times: number, network = '192.0.2.1', kind = 'login_failed'): void {
  for (let i = 0; i < times; i += 1) {
    const isWritten = limiter.admits({ kind, network }, (leftOut, from) =>
      summaries.push([leftOut, from]),
    );
    if (isWritten) written += 1;
  }
}

describe('LineLimiter', () => {
  it('writes the first lines of a network in a minute, then one line with the number of the others', async () => {
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

  it('stays bounded when lines come from any number of networks, and loses no count', () => {
    for (let i = 0; i < 5_000; i += 1) offer(1, `network ${i}`);
    expect(written).toBe(1_020);
    limiter.flush();
    expect(summaries).toEqual([[3_980, undefined]]);
  });

  it('writes no summary for a minute in which every line was written', async () => {
    offer(20);
    await clock.advance(60_000);
    expect(summaries).toEqual([]);
  });
});
