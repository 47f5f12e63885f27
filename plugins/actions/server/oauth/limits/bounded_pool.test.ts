import { expect, it } from 'vitest';
import { BoundedPool } from './bounded_pool.ts';

async function* inBatches(...batches: readonly (readonly number[])[]) {
  yield* batches;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it('a pool processes all items, but not more than the given number at the same time', async () => {
  let running = 0;
  let most = 0;
  const seen: number[] = [];
  const work = async (item: number) => {
    running += 1;
    most = Math.max(most, running);
    await turn();
    seen.push(item);
    running -= 1;
  };
  const pool = new BoundedPool(2);
  const batches = inBatches([1, 2, 3, 4, 5], [6]);
  expect(await pool.forEach(batches, work, new AbortController().signal)).toBe(6);
  expect([seen, most]).toEqual([[1, 2, 3, 4, 5, 6], 2]);
});

it('a pool throws the first error after it has processed all other items', async () => {
  const seen: number[] = [];
  const work = async (item: number) => {
    if (item % 2 === 0) throw new Error(`item ${item}`);
    seen.push(item);
  };
  const done = new BoundedPool(1).forEach(
    inBatches([1, 2, 3], [4, 5]),
    work,
    new AbortController().signal,
  );
  await expect(done).rejects.toThrow('item 2');
  expect(seen).toEqual([1, 3, 5]);
});

it('a pool begins no further item after the signal was aborted', async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  const work = async (item: number) => {
    seen.push(item);
    if (item === 2) stop.abort();
  };
  await new BoundedPool(1).forEach(inBatches([1, 2, 3], [4]), work, stop.signal);
  expect(seen).toEqual([1, 2]);
});
