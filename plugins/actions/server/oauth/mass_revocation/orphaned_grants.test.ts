import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTaskManagerSetupMock } from '@latchkey/task-manager-plugin/server/mocks';
import { REVOKE_GRANTS_TASK, revocationJobTaskDefinitions } from '../../tasks/index.ts';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
} from './mass_revocation.mock.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const { signal } = new AbortController();

let fixture: MassRevocationFixture;
let server: RevocationProcess;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  server = fixture.server();
  fixture.connectors.put('drive');
  fixture.connectors.put('mail', 'mail.example.com');
});
afterEach(() => fixture.close());

const statuses = (...connections: readonly (readonly [user: string, id: string])[]) =>
  Promise.all(connections.map(([user, id]) => fixture.statusOf(server, id, user)));
const runsOf = async (profileUid: string) =>
  (await server.revocationJobs.list({ page: 1, perPage: 20, profileUid })).views.map(
    ({ run }) => run,
  );
const leave = (profileUid: string) =>
  server.revocationJobs.revokeForUser(profileUid, 'user_removed', signal);

/** One connector cannot be read, so that runs that meet its grants go on for long. */
function breakConnector(broken: string): () => void {
  const read = fixture.connectors.readDecrypted.bind(fixture.connectors);
  let isBroken = true;
  fixture.connectors.readDecrypted = async (id) => {
    if (id === broken && isBroken) throw new Error('this one is broken');
    return read(id);
  };
  return () => {
    isBroken = false;
  };
}

/** Work that pauses between its passes. */
async function patiently<T>(work: Promise<T>): Promise<T> {
  for (let turn = 0; turn < 5; turn += 1) await fixture.clock.advance(1000);
  return work;
}

describe('a person who leaves twice', () => {
  it('F79: loses what they authorized in between, though the run of the first leave still goes on', async () => {
    const repair = breakConnector('mail');
    await fixture.connect(server, 'drive', 'u_ana');
    await fixture.connect(server, 'mail', 'u_ana');
    expect(await patiently(leave('u_ana'))).toBe(1);
    await fixture.clock.advance(HOUR_MS);
    await fixture.connect(server, 'drive', 'u_ana');
    await fixture.clock.advance(MINUTE_MS);
    await patiently(leave('u_ana'));
    expect(await statuses(['u_ana', 'drive'])).not.toContain('connected');
    expect((await runsOf('u_ana')).map(({ state }) => state)).toEqual(['running', 'running']);
    repair();
    for (const { id } of await runsOf('u_ana')) await server.revocationJobs.workOn(id, signal);
    expect(await statuses(['u_ana', 'mail'])).toEqual(['not_connected']);
  });

  it('F79: has one run, however often its task is tried while it goes on', async () => {
    breakConnector('mail');
    await fixture.connect(server, 'mail', 'u_ana');
    for (let tries = 0; tries < 3; tries += 1) await patiently(leave('u_ana'));
    expect(await runsOf('u_ana')).toHaveLength(1);
  });
});

describe('the task of a person who left, tried again', () => {
  /** As the task manager runs it. */
  const runTask = (attempt: number, isActive: boolean) => {
    const tasks = createTaskManagerSetupMock();
    const depsOf = async () => ({
      revocationJobs: server.revocationJobs,
      isActive: async () => isActive,
    });
    for (const definition of revocationJobTaskDefinitions(depsOf))
      tasks.registerTaskDefinition(definition);
    return patiently(tasks.run(REVOKE_GRANTS_TASK, { params: { profileUid: 'u_ana' }, attempt }));
  };

  it('F79: goes on with the run of the leave when they are back, and spares what they authorized since', async () => {
    const repair = breakConnector('mail');
    for (const id of ['drive', 'mail']) await fixture.connect(server, id, 'u_ana');
    await runTask(1, false);
    await fixture.clock.advance(HOUR_MS);
    await fixture.connect(server, 'drive', 'u_ana');
    repair();
    await runTask(2, true);
    expect(await statuses(['u_ana', 'drive'], ['u_ana', 'mail'])).toEqual([
      'connected',
      'not_connected',
    ]);
    expect(await runsOf('u_ana')).toHaveLength(1);
  });

  it('F79: begins no run when they are back', async () => {
    await fixture.connect(server, 'drive', 'u_ana');
    await runTask(2, true);
    expect(await statuses(['u_ana', 'drive'])).toEqual(['connected']);
    expect(await runsOf('u_ana')).toEqual([]);
  });

  it.each([
    ['the first try, whoever seems to be there', 1, true],
    ['a retry for somebody who is still gone', 2, false],
  ])('F79: begins one in %s', async (_what, attempt, isActive) => {
    await fixture.connect(server, 'drive', 'u_ana');
    await runTask(attempt, isActive);
    expect(await statuses(['u_ana', 'drive'])).toEqual(['not_connected']);
  });
});

describe('the search for people who are gone', () => {
  const EVERYBODY = ['u_ana', 'u_ben', 'u_carl'];
  /** Counts how it is asked; `listed`: who is on the list, when that is not who is there. */
  const without = (gone: readonly string[], listed?: readonly string[]) => {
    const asked: string[] = [];
    return {
      asked,
      lists: 0,
      async *activeProfileUids() {
        this.lists += 1;
        yield* listed ?? EVERYBODY.filter((user) => !gone.includes(user));
      },
      isActive: async (user: string) => {
        asked.push(user);
        return !gone.includes(user);
      },
    };
  };

  it('F79: ends and revokes what they still hold, and nothing of anybody else', async () => {
    for (const user of EVERYBODY)
      for (const id of ['drive', 'mail']) await fixture.connect(server, id, user);
    const users = without(['u_ana', 'u_carl']);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toEqual({
      looked: 6,
      found: 2,
      dealtWith: 2,
      ended: 4,
      wasCutOff: false,
      failed: 0,
      firstError: undefined,
    });
    expect(await statuses(['u_ana', 'drive'], ['u_carl', 'mail'])).toEqual([
      'not_connected',
      'not_connected',
    ]);
    expect(await statuses(['u_ben', 'drive'], ['u_ben', 'mail'])).toEqual([
      'connected',
      'connected',
    ]);
    expect(fixture.revocations()).toHaveLength(8);
    expect((await runsOf('u_ana')).map(({ reason }) => reason)).toEqual(['user_removed']);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      ended: 0,
    });
  });

  it('F79: lists people once, and asks of nobody by name who is on the list, however many grants there are', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `c${n}`);
    for (const id of ids) {
      fixture.connectors.put(id);
      for (const user of ['u_ana', 'u_ben']) await fixture.connect(server, id, user);
    }
    const users = without(['u_ana']);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      looked: 120,
      ended: 60,
    });
    expect(users).toMatchObject({ lists: 1, asked: ['u_ana'] });
  });

  it('F79: spares who came after the list was made', async () => {
    await fixture.connect(server, 'drive', 'u_ana');
    const users = without([], []);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      found: 1,
      ended: 0,
    });
    expect(users.asked).toEqual(['u_ana']);
    expect(await statuses(['u_ana', 'drive'])).toEqual(['connected']);
  });

  it('F79: ends nothing when it cannot be told who is there, and says so', async () => {
    for (const id of ['drive', 'mail']) await fixture.connect(server, id, 'u_ana');
    const away = new Error('the store is away');
    const isActive = () => Promise.reject(away);
    const users = { ...without(['u_ana']), isActive };
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      ended: 0,
      failed: 1,
      firstError: away,
    });
    const activeProfileUids = async function* () {
      yield 'u_ben';
      throw away;
    };
    await expect(
      server.revocationJobs.revokeOrphanedGrants({ ...users, activeProfileUids }, signal),
    ).rejects.toThrow('away');
    expect(await statuses(['u_ana', 'drive'], ['u_ana', 'mail'])).toEqual([
      'connected',
      'connected',
    ]);
  });

  it('F79: ends nothing of anybody when the list of people was cut off, and says how far it came', async () => {
    await fixture.connect(server, 'drive', 'u_ben');
    const cut = new AbortController();
    const activeProfileUids = async function* () {
      yield 'u_ana';
      cut.abort();
      yield 'u_ben';
    };
    const users = { ...without(['u_ben']), activeProfileUids };
    expect(await server.revocationJobs.revokeOrphanedGrants(users, cut.signal)).toMatchObject({
      looked: 0,
      ended: 0,
      wasCutOff: true,
    });
  });

  it('F79: leaves others in each run that is cut off, not always the same', async () => {
    const gone = Array.from({ length: 6 }, (_, n) => `u_gone${n}`);
    for (const user of gone) await fixture.connect(server, 'drive', user);
    const firsts = new Set<string>();
    for (let runs = 0; runs < 12; runs += 1) {
      const cut = new AbortController();
      const isActive = async (user: string) => {
        firsts.add(user);
        cut.abort();
        return true;
      };
      const users = { ...without(gone), isActive };
      expect(await server.revocationJobs.revokeOrphanedGrants(users, cut.signal)).toMatchObject({
        found: 6,
        dealtWith: 1,
        wasCutOff: true,
      });
    }
    expect(firsts.size).toBeGreaterThan(1);
  });

  it('F79: begins no second run for grants that cannot be ended yet', async () => {
    breakConnector('mail');
    await fixture.connect(server, 'mail', 'u_ana');
    await patiently(server.revocationJobs.revokeOrphanedGrants(without(['u_ana']), signal));
    await patiently(server.revocationJobs.revokeOrphanedGrants(without(['u_ana']), signal));
    expect(await runsOf('u_ana')).toHaveLength(1);
  });
});
