import { describe, expect, it } from 'vitest';
import { ExecutionSlots, type SlotRequest } from './execution_slots.ts';

const aRequest = (over: Partial<SlotRequest> = {}): SlotRequest => ({
  connectorId: 'c1',
  profileUid: 'u_ana',
  isDeferred: false,
  signal: new AbortController().signal,
  ...over,
});

/** Creates slots and executions that end when the test calls `end`. */
function aWorld(maxPerUser: number) {
  const slots = new ExecutionSlots(maxPerUser);
  const running = new Map<string, () => void>();
  const begun: string[] = [];
  return {
    begun,
    /** Begins an execution, or makes it wait for a slot. */
    execute: (name: string, over: Partial<SlotRequest> = {}): Promise<unknown> =>
      slots.run(aRequest(over), () => {
        begun.push(name);
        return new Promise<void>((resolve) => running.set(name, resolve));
      }),
    end: async (name: string) => {
      running.get(name)?.();
      await turn();
    },
  };
}
const turn = () => new Promise(setImmediate);

describe('F147: executions of one user beyond the limit', () => {
  it('begin in the order of their requests, and do not delay other users', async () => {
    const { begun, execute, end } = aWorld(2);
    for (const name of ['a1', 'a2', 'a3', 'a4']) void execute(name);
    await turn();
    void execute('b1', { profileUid: 'u_ben' });
    void execute('none', { profileUid: undefined });
    await turn();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'none']);
    await end('a2');
    // This execution must not take the freed slot, for which an earlier one waits.
    void execute('a5');
    await turn();
    expect(begun).toEqual(['a1', 'a2', 'b1', 'none', 'a3']);
    for (const name of ['a1', 'a3', 'a4']) await end(name);
    expect(begun.slice(-2)).toEqual(['a4', 'a5']);
  });

  it('are refused when too many wait, except steps of workflows, which have their own slots', async () => {
    const { begun, execute, end } = aWorld(1);
    for (let n = 0; n < 21; n += 1) void execute(`a${n}`);
    await turn();
    const refused = { code: 'too_many_executions', message: expect.stringContaining('Repeat') };
    await expect(execute('refused')).rejects.toMatchObject(refused);
    for (let n = 0; n < 30; n += 1) void execute(`step-${n}`, { isDeferred: true });
    await turn();
    expect(begun).toEqual(['a0', 'step-0']);
    for (let n = 0; n < 30; n += 1) await end(`step-${n}`);
    expect(begun.slice(1)).toEqual(Array.from({ length: 30 }, (_, n) => `step-${n}`));
    await end('a0');
    expect(begun.at(-1)).toBe('a1');
  });

  it('begin when an earlier execution fails', async () => {
    const slots = new ExecutionSlots(1);
    const failing = slots.run(aRequest(), () => Promise.reject(new Error('broken')));
    const next = slots.run(aRequest(), async () => 'begun');
    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('begun');
  });

  it('leave the queue when they are aborted, and take no slot', async () => {
    const { begun, execute, end } = aWorld(1);
    const controller = new AbortController();
    void execute('a1');
    const aborted = execute('aborted', { signal: controller.signal });
    void execute('a2');
    await turn();
    controller.abort();
    await turn();
    expect(await aborted).toBeUndefined();
    expect(begun).toEqual(['a1']);
    await end('a1');
    expect(begun).toEqual(['a1', 'a2']);
  });
});
