import { beforeEach, describe, expect, it } from 'vitest';
import { NoRoomForRun, RunMemory } from './run_memory.ts';

let memory: RunMemory;
beforeEach(() => {
  memory = new RunMemory(1_000);
});

const fits = (owner: string, characters: number | undefined) =>
  memory.room(owner, characters) === 'enough';

describe('the memory of all runs', () => {
  it("J131: gives one user at most half of the memory, and refuses that user's next run", () => {
    const first = memory.hold('u_eve', 0);
    first.add(480);
    expect([fits('u_eve', 0), fits('u_ana', 0)]).toEqual([false, true]);
    first.release();
    expect(fits('u_eve', 0)).toBe(true);
  });

  it('J131: makes a later run of the same user leave memory, never the first one', () => {
    const [first, second, third] = [0, 0, 0].map(() => memory.hold('u_eve', 0));
    first?.add(400);
    second?.add(90);
    second?.beginTurn();
    third?.add(30);
    expect(() => first?.beginTurn()).not.toThrow();
    expect(() => second?.beginTurn()).toThrow(NoRoomForRun);
    // The second run is leaving, and the room that becomes free is enough for the third one.
    expect(() => third?.beginTurn()).not.toThrow();
    second?.release();
    expect(() => third?.beginTurn()).not.toThrow();
  });

  it('ends all branches of a run that leaves memory, even if memory becomes free meanwhile', () => {
    const first = memory.hold('u_eve', 0);
    first.add(480);
    const second = memory.hold('u_eve', 0);
    second.add(30);
    expect(() => second.beginTurn()).toThrow(NoRoomForRun);
    first.release();
    expect(() => second.beginTurn()).toThrow(NoRoomForRun);
    second.restart();
    expect(() => second.beginTurn()).not.toThrow();
  });

  it('J131: refuses a run when the records of all users fill it', () => {
    const [first, second] = ['u_eve', 'u_ben'].map((user) => memory.hold(user, 0));
    for (const each of [first, second]) each?.add(480);
    expect(fits('u_ana', 0)).toBe(false);
    const held = memory.hold('u_ana', 0);
    held.add(50);
    expect(() => held.beginTurn()).toThrow(NoRoomForRun);
    for (const each of [first, second]) expect(() => each?.beginTurn()).not.toThrow();
  });

  it('J131: counts the records of a continued run before it reads them', () => {
    expect(fits('u_eve', 400)).toBe(true);
    const held = memory.hold('u_eve', 400);
    expect(fits('u_eve', 200)).toBe(false);
    held.restart();
    held.add(400);
    expect(held.used).toBe(400);
    held.add(100);
    expect(() => held.add(1)).toThrow('of the run have more than 500 characters');
  });

  it('admits only some runs while the records of runs that were taken over are not counted yet', () => {
    let rooms = 0;
    const held = Array.from({ length: 10 }, () =>
      memory.hold('u_eve', undefined, () => {
        rooms += 1;
      }),
    );
    expect(fits('u_eve', undefined)).toBe(false);
    for (const each of held) {
      each.restart();
      each.add(10);
      each.beginTurn();
      each.beginTurn();
    }
    expect([rooms, fits('u_eve', 400)]).toEqual([10, true]);
  });

  it('ignores the result of a call that arrives after the end of its run', () => {
    const held = memory.hold('u_eve', 0);
    held.add(400);
    held.release();
    held.add(400);
    expect(fits('u_eve', 500)).toBe(true);
  });

  it('counts the records of a repeated run only once, and not after its end', () => {
    const held = memory.hold('u_eve', 0);
    held.add(400);
    held.restart();
    held.add(400);
    held.release();
    expect(fits('u_eve', 500)).toBe(true);
  });

  it("reserves at most one user's share for a run that can never fit", () => {
    expect(fits('u_eve', 10_000)).toBe(true);
  });
});
