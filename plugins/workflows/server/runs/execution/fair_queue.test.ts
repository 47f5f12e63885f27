import { describe, expect, it } from 'vitest';
import { FairQueue } from './fair_queue.ts';

const queueOf = (...ids: readonly string[]) => {
  const queue = new FairQueue<{ readonly id: string; readonly profileUid: string }>(
    ({ profileUid }) => profileUid,
  );
  for (const id of ids) queue.push({ id, profileUid: id.slice(0, 1) });
  return queue;
};
const drained = (queue: ReturnType<typeof queueOf>) => {
  const ids: string[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) ids.push(next.id);
  return ids;
};

describe('FairQueue', () => {
  it('serves the users in turn, and the entries of each user in their order', () => {
    const queue = queueOf('a1', 'a2', 'a3', 'b1', 'c1', 'c2');
    expect(drained(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'c2', 'a3']);
  });

  it('puts a user who adds an entry again behind the other users', () => {
    const queue = queueOf('a1', 'b1', 'b2');
    expect(queue.take()?.id).toBe('a1');
    queue.push({ id: 'a2', profileUid: 'a' });
    expect(drained(queue)).toEqual(['b1', 'a2', 'b2']);
  });

  it('skips users whose first entry is not possible', () => {
    const queue = queueOf('a1', 'b1', 'a2');
    const isPossible = ({ id }: { readonly id: string }) => id !== 'a1';
    expect(queue.take(undefined, isPossible)?.id).toBe('b1');
    expect(queue.take(undefined, isPossible)).toBeUndefined();
    expect(drained(queue)).toEqual(['a1', 'a2']);
  });

  it('puts a returned entry before the other entries of its user', () => {
    const queue = queueOf('a1', 'a2', 'b1');
    queue.pushFirst({ id: 'a0', profileUid: 'a' });
    expect([queue.hasUser('a'), queue.hasUser('c')]).toEqual([true, false]);
    expect(drained(queue)).toEqual(['a0', 'b1', 'a1', 'a2']);
  });

  it('forgets removed entries, and contains each id only once', () => {
    const queue = queueOf('a1', 'a2', 'b1');
    queue.push({ id: 'a1', profileUid: 'a' });
    queue.remove('b1');
    expect([queue.has('a1'), queue.has('b1')]).toEqual([true, false]);
    expect(drained(queue)).toEqual(['a2', 'a1']);
    expect(queue.has('a1')).toBe(false);
  });
});
