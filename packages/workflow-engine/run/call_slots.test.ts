import { expect, it } from 'vitest';
import { CallSlots } from './call_slots.ts';

const never = new AbortController().signal;

it('call slots begin waiting calls in the order of the requests when other calls have ended', async () => {
  const slots = new CallSlots(2);
  const begun: number[] = [];
  const ends: (() => void)[] = [];
  const calls = [0, 1, 2, 3].map((index) =>
    slots.within(never, () => {
      begun.push(index);
      return new Promise<void>((resolve) => ends.push(resolve));
    }),
  );
  expect(begun).toEqual([0, 1]);
  ends[1]?.();
  await calls[1];
  expect(begun).toEqual([0, 1, 2]);
  ends[0]?.();
  await calls[0];
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  await Promise.all(calls);
});

it('call slots give the slot of a failed call to the next call', async () => {
  const slots = new CallSlots(1);
  const failed = slots.within(never, () => Promise.reject(new Error('no')));
  const next = slots.within(never, async () => 'done');
  await expect(failed).rejects.toThrow('no');
  expect(await next).toBe('done');
});

it('call slots do not begin a call whose signal aborts while it waits', async () => {
  const slots = new CallSlots(1);
  const controller = new AbortController();
  const { promise, resolve } = Promise.withResolvers<void>();
  const first = slots.within(never, () => promise);
  const second = slots.within(controller.signal, async () => 'sent');
  controller.abort(new Error('too late'));
  await expect(second).rejects.toThrow('too late');
  resolve();
  await first;
  expect(await slots.within(never, async () => 'next')).toBe('next');
});
