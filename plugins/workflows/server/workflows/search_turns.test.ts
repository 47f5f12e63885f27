import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SearchTurns } from './search_turns.ts';
import { SharedScan } from './shared_scan.ts';
import { mapWorkflowError } from './workflow_error.ts';

let begun: string[];
let ends: Map<string, () => void>;
let turns: SearchTurns;
beforeEach(() => {
  begun = [];
  ends = new Map();
  turns = new SearchTurns();
});
afterEach(() => vi.useRealTimers());

/** Starts a search that lasts until the test ends it. */
const search = (user: string, name: string) =>
  turns.run(user, () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  });
const untilBegun = async (count: number) => {
  while (begun.length < count) await new Promise((resolve) => setImmediate(resolve));
};
const end = async (name: string, running: Promise<void>) => {
  ends.get(name)?.();
  await running;
};

describe('searches that read many workflows', () => {
  it('J132: run two at a time, at most one for each user, in the order of their start', async () => {
    const e1 = search('eve', 'e1');
    for (const [user, name] of [
      ['eve', 'e2'],
      ['ana', 'a1'],
      ['ben', 'b1'],
    ] as const)
      void search(user, name);
    expect(begun).toEqual(['e1', 'a1']);
    await end('e1', e1);
    await untilBegun(3);
    expect(begun).toEqual(['e1', 'a1', 'e2']);
  });

  it('J132: leave time for other requests before a search that waits, and none otherwise', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const e1 = search('eve', 'e1');
    void search('eve', 'e2');
    await end('e1', e1);
    await vi.advanceTimersByTimeAsync(9);
    expect(begun).toEqual(['e1']);
    await vi.advanceTimersByTimeAsync(1);
    expect(begun).toEqual(['e1', 'e2']);
    const a1 = search('ana', 'a1');
    await end('a1', a1);
    void search('ana', 'a2');
    expect(begun).toEqual(['e1', 'e2', 'a1', 'a2']);
  });

  it('J132: are refused when too many searches of the same user wait; other users are not affected', async () => {
    for (let each = 0; each < 21; each += 1) void search('eve', `e${each}`);
    const refused = await search('eve', 'last').catch(mapWorkflowError);
    expect(refused).toMatchObject({
      statusCode: 429,
      headers: { 'retry-after': '5' },
      attributes: { code: 'too_many_searches' },
    });
    void search('ana', 'a1');
    expect(begun).toEqual(['e0', 'a1']);
  });

  it('let the next search begin when one fails', async () => {
    const failed = turns.run('eve', async () => Promise.reject(new Error('gone')));
    const next = turns.run('eve', async () => 'found');
    await expect(failed).rejects.toThrow('gone');
    expect(await next).toBe('found');
  });
});

describe('a scan that many callers share', () => {
  it('J132: begins at most once more for callers that arrive while it runs', async () => {
    let scans = 0;
    const waiting: (() => void)[] = [];
    const shared = new SharedScan(async () => {
      scans += 1;
      const scan = scans;
      await new Promise<void>((resolve) => waiting.push(resolve));
      return scan;
    });
    const first = shared.result('default');
    const later = Array.from({ length: 20 }, () => shared.result('default'));
    expect(scans).toBe(1);
    waiting[0]?.();
    expect(await first).toBe(1);
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
    waiting[1]?.();
    expect(new Set(await Promise.all(later))).toEqual(new Set([2]));
    void shared.result('default');
    expect(scans).toBe(3);
  });

  it('begins again after a failure', async () => {
    let scans = 0;
    const shared = new SharedScan(async () => {
      scans += 1;
      if (scans === 1) throw new Error('gone');
      return scans;
    });
    const [first, second] = [shared.result('default'), shared.result('default')];
    await expect(first).rejects.toThrow('gone');
    expect(await second).toBe(2);
  });
});
