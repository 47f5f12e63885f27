import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createEndingBench, type EndingBench, type EndingProcess } from './endings.mock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const { signal } = new AbortController();

let bench: EndingBench;
let server: EndingProcess;
beforeEach(async () => {
  bench = await createEndingBench();
  server = bench.server();
  bench.connectors.put('drive');
  bench.connectors.put('mail', 'mail.example.com');
});
afterEach(() => bench.close());

const statuses = (...connections: readonly (readonly [person: string, id: string])[]) =>
  Promise.all(connections.map(([person, id]) => bench.statusOf(server, id, person)));
const runsOf = async (profileUid: string) =>
  (await server.endings.list({ page: 1, perPage: 20, profileUid })).views.map(({ run }) => run);
const leave = (profileUid: string) =>
  server.endings.endForPerson(profileUid, 'user_removed', signal);

/** One connector cannot be read, so that runs that meet its grants go on for long. */
function breakConnector(broken: string): () => void {
  const read = bench.connectors.readDecrypted.bind(bench.connectors);
  let isBroken = true;
  bench.connectors.readDecrypted = async (id) => {
    if (id === broken && isBroken) throw new Error('this one is broken');
    return read(id);
  };
  return () => {
    isBroken = false;
  };
}

/** Work that pauses between its passes. */
async function patiently<T>(work: Promise<T>): Promise<T> {
  for (let turn = 0; turn < 5; turn += 1) await bench.clock.advance(1000);
  return work;
}

describe('a person who leaves twice', () => {
  it('F79: loses what they authorized in between, though the run of the first leave still goes on', async () => {
    const repair = breakConnector('mail');
    await bench.connect(server, 'drive', 'u_ana');
    await bench.connect(server, 'mail', 'u_ana');
    expect(await patiently(leave('u_ana'))).toBe(1);
    await bench.clock.advance(HOUR_MS);
    await bench.connect(server, 'drive', 'u_ana');
    await bench.clock.advance(MINUTE_MS);
    await patiently(leave('u_ana'));
    expect(await statuses(['u_ana', 'drive'])).not.toContain('connected');
    expect((await runsOf('u_ana')).map(({ state }) => state)).toEqual(['running', 'running']);
    repair();
    for (const { id } of await runsOf('u_ana')) await server.endings.workOn(id, signal);
    expect(await statuses(['u_ana', 'mail'])).toEqual(['not_connected']);
  });

  it('F79: has one run, however often its task is tried while it goes on', async () => {
    breakConnector('mail');
    await bench.connect(server, 'mail', 'u_ana');
    for (let tries = 0; tries < 3; tries += 1) await patiently(leave('u_ana'));
    expect(await runsOf('u_ana')).toHaveLength(1);
  });
});

describe('the search for people who are gone', () => {
  const gone = (...people: readonly string[]) => ({
    isActive: async (person: string) => !people.includes(person),
  });

  it('F79: ends and revokes what they still hold, and nothing of anybody else', async () => {
    for (const person of ['u_ana', 'u_ben', 'u_carl'])
      for (const id of ['drive', 'mail']) await bench.connect(server, id, person);
    expect(await server.endings.endForLeavers(gone('u_ana', 'u_carl').isActive, signal)).toBe(4);
    expect(await statuses(['u_ana', 'drive'], ['u_carl', 'mail'])).toEqual([
      'not_connected',
      'not_connected',
    ]);
    expect(await statuses(['u_ben', 'drive'], ['u_ben', 'mail'])).toEqual([
      'connected',
      'connected',
    ]);
    expect(bench.revocations()).toHaveLength(8);
    expect((await runsOf('u_ana')).map(({ reason }) => reason)).toEqual(['user_removed']);
    expect(await server.endings.endForLeavers(gone('u_ana', 'u_carl').isActive, signal)).toBe(0);
  });

  it('F79: asks once per person and batch, and ends nothing when it cannot be told who is there', async () => {
    for (const id of ['drive', 'mail']) await bench.connect(server, id, 'u_ana');
    const asked: string[] = [];
    const isActive = async (person: string) => {
      asked.push(person);
      throw new Error('the store is away');
    };
    await expect(server.endings.endForLeavers(isActive, signal)).rejects.toThrow('away');
    expect(asked).toEqual(['u_ana']);
    expect(await statuses(['u_ana', 'drive'], ['u_ana', 'mail'])).toEqual([
      'connected',
      'connected',
    ]);
  });

  it('F79: begins no second run for grants that cannot be ended yet', async () => {
    breakConnector('mail');
    await bench.connect(server, 'mail', 'u_ana');
    await patiently(server.endings.endForLeavers(gone('u_ana').isActive, signal));
    await patiently(server.endings.endForLeavers(gone('u_ana').isActive, signal));
    expect(await runsOf('u_ana')).toHaveLength(1);
  });
});
