import { beforeEach, describe, expect, it } from '@jest/globals';
import { RunMemory } from './run_memory.ts';

let memory: RunMemory;
beforeEach(() => {
  memory = new RunMemory(1_000);
});

describe('the records of all runs', () => {
  it('J131: are at most half of the memory for one user, whose next run does not fit', () => {
    const first = memory.hold('u_eve', 0);
    first.add(480);
    expect([memory.fits('u_eve', 0), memory.fits('u_ana', 0)]).toEqual([false, true]);
    const second = memory.hold('u_eve', 0);
    expect(() => second.add(30)).toThrow('that the user runs now have more than 500 characters');
    first.release();
    second.add(30);
    expect(memory.fits('u_eve', 0)).toBe(true);
  });

  it('J131: are at most those of the memory for all users', () => {
    for (const user of ['u_eve', 'u_ben']) memory.hold(user, 0).add(480);
    expect(memory.fits('u_ana', 0)).toBe(false);
    expect(() => memory.hold('u_ana', 0).add(50)).toThrow('that the server runs now');
  });

  it('J131: contain what a run that continues has recorded before it reads its records', () => {
    expect(memory.fits('u_eve', 400)).toBe(true);
    const held = memory.hold('u_eve', 400);
    expect(memory.fits('u_eve', 200)).toBe(false);
    held.restart();
    held.add(400);
    expect(held.used).toBe(400);
    held.add(100);
    expect(() => held.add(1)).toThrow();
  });

  it('are counted once when a run is executed again, and not after its end', () => {
    const held = memory.hold('u_eve', 0);
    held.add(400);
    held.restart();
    held.add(400);
    held.release();
    expect(memory.fits('u_eve', 500)).toBe(true);
  });

  it('of a run that would never fit reserve no more than the share of its user', () => {
    expect(memory.fits('u_eve', 10_000)).toBe(true);
  });
});
