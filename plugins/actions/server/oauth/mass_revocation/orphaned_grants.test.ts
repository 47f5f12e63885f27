import { createTaskManagerSetupMock } from '@latchkey/task-manager-plugin/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  REVOCATION_JOB_TASKS,
  REVOKE_GRANTS_TASK,
  registerServiceTasks,
} from '../../tasks/index.ts';
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
const jobsOf = async (profileUid: string) =>
  (await server.revocationJobs.list({ page: 1, perPage: 20, profileUid })).views.map(
    ({ job }) => job,
  );
const leave = (profileUid: string) =>
  server.revocationJobs.revokeForUser(profileUid, 'user_removed', signal);

/**
 * Makes one connector unreadable, so that jobs with its grants cannot complete. Returns a function
 * that repairs it.
 */
function breakConnector(broken: string): () => void {
  const read = fixture.connectors.find.bind(fixture.connectors);
  let isBroken = true;
  fixture.connectors.find = async (id) => {
    if (id === broken && isBroken) throw new Error('the connector cannot be read');
    return read(id);
  };
  return () => {
    isBroken = false;
  };
}

/** Advances the clock until the work has ended, so that the pauses between passes end. */
async function skipPauses<T>(work: Promise<T>): Promise<T> {
  for (let turn = 0; turn < 5; turn += 1) await fixture.clock.advance(1000);
  return work;
}

describe('a user who is removed twice', () => {
  it('F79: loses grants authorized in between while the job of the first removal still runs', async () => {
    const repair = breakConnector('mail');
    await fixture.connect(server, 'drive', 'u_ana');
    await fixture.connect(server, 'mail', 'u_ana');
    expect(await skipPauses(leave('u_ana'))).toBe(1);
    await fixture.clock.advance(HOUR_MS);
    await fixture.connect(server, 'drive', 'u_ana');
    await fixture.clock.advance(MINUTE_MS);
    await skipPauses(leave('u_ana'));
    expect(await statuses(['u_ana', 'drive'])).not.toContain('connected');
    expect((await jobsOf('u_ana')).map(({ state }) => state)).toEqual(['running', 'running']);
    repair();
    for (const { id } of await jobsOf('u_ana')) await server.revocationJobs.workOn(id, signal);
    expect(await statuses(['u_ana', 'mail'])).toEqual(['not_connected']);
  });

  it('F79: has only one job even if the task is retried while the job is running', async () => {
    breakConnector('mail');
    await fixture.connect(server, 'mail', 'u_ana');
    for (let tries = 0; tries < 3; tries += 1) await skipPauses(leave('u_ana'));
    expect(await jobsOf('u_ana')).toHaveLength(1);
  });
});

describe('the task that revokes the grants of a removed user', () => {
  /** Executes the task as the task manager does. */
  const runTask = (attempt: number, isActive: boolean) => {
    const tasks = createTaskManagerSetupMock();
    const { revocationJobs } = server;
    registerServiceTasks(tasks, REVOCATION_JOB_TASKS, () => ({
      revocationJobs,
      isActive: async () => isActive,
    }));
    return skipPauses(tasks.run(REVOKE_GRANTS_TASK, { params: { profileUid: 'u_ana' }, attempt }));
  };

  it('F79: continues the job if the user is active again, and keeps newer grants', async () => {
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
    expect(await jobsOf('u_ana')).toHaveLength(1);
  });

  it('F79: creates no job if the user is active again', async () => {
    await fixture.connect(server, 'drive', 'u_ana');
    await runTask(2, true);
    expect(await statuses(['u_ana', 'drive'])).toEqual(['connected']);
    expect(await jobsOf('u_ana')).toEqual([]);
  });

  it.each([
    ['the first try, although the user seems active', 1, true],
    ['a retry for a user who is still removed', 2, false],
  ])('F79: creates a job for %s', async (_what, attempt, isActive) => {
    await fixture.connect(server, 'drive', 'u_ana');
    await runTask(attempt, isActive);
    expect(await statuses(['u_ana', 'drive'])).toEqual(['not_connected']);
  });
});

describe('the scan for grants of removed users', () => {
  const ALL_USERS = ['u_ana', 'u_ben', 'u_carl'];
  /**
   * Creates fake users that count their calls.
   * @param listed users that the list returns, if they differ from the active users
   */
  const without = (removed: readonly string[], listed?: readonly string[]) => {
    const asked: string[] = [];
    return {
      asked,
      lists: 0,
      async *activeProfileUids() {
        this.lists += 1;
        yield* listed ?? ALL_USERS.filter((user) => !removed.includes(user));
      },
      isActive: async (user: string) => {
        asked.push(user);
        return !removed.includes(user);
      },
    };
  };

  it('F79: ends and revokes grants of removed users and keeps all others', async () => {
    for (const user of ALL_USERS)
      for (const id of ['drive', 'mail']) await fixture.connect(server, id, user);
    const users = without(['u_ana', 'u_carl']);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toEqual({
      scanned: 6,
      found: 2,
      processed: 2,
      ended: 4,
      wasAborted: false,
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
    expect((await jobsOf('u_ana')).map(({ reason }) => reason)).toEqual(['user_removed']);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      ended: 0,
    });
  });

  it('F79: lists users once and checks only users missing from the list, for any number of grants', async () => {
    const ids = Array.from({ length: 60 }, (_, n) => `c${n}`);
    for (const id of ids) {
      fixture.connectors.put(id);
      for (const user of ['u_ana', 'u_ben']) await fixture.connect(server, id, user);
    }
    const users = without(['u_ana']);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      scanned: 120,
      ended: 60,
    });
    expect(users).toMatchObject({ lists: 1, asked: ['u_ana'] });
  });

  it('F79: keeps the grants of a user who was created after the list was read', async () => {
    await fixture.connect(server, 'drive', 'u_ana');
    const users = without([], []);
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      found: 1,
      ended: 0,
    });
    expect(users.asked).toEqual(['u_ana']);
    expect(await statuses(['u_ana', 'drive'])).toEqual(['connected']);
  });

  it('F79: ends no grant and reports the error when users cannot be read', async () => {
    for (const id of ['drive', 'mail']) await fixture.connect(server, id, 'u_ana');
    const outage = new Error('the store is unavailable');
    const isActive = () => Promise.reject(outage);
    const users = { ...without(['u_ana']), isActive };
    expect(await server.revocationJobs.revokeOrphanedGrants(users, signal)).toMatchObject({
      ended: 0,
      failed: 1,
      firstError: outage,
    });
    const activeProfileUids = async function* () {
      yield 'u_ben';
      throw outage;
    };
    await expect(
      server.revocationJobs.revokeOrphanedGrants({ ...users, activeProfileUids }, signal),
    ).rejects.toThrow('unavailable');
    expect(await statuses(['u_ana', 'drive'], ['u_ana', 'mail'])).toEqual([
      'connected',
      'connected',
    ]);
  });

  it('F79: ends no grant and reports its progress when reading the list of users is aborted', async () => {
    await fixture.connect(server, 'drive', 'u_ben');
    const cut = new AbortController();
    const activeProfileUids = async function* () {
      yield 'u_ana';
      cut.abort();
      yield 'u_ben';
    };
    const users = { ...without(['u_ben']), activeProfileUids };
    expect(await server.revocationJobs.revokeOrphanedGrants(users, cut.signal)).toMatchObject({
      scanned: 0,
      ended: 0,
      wasAborted: true,
    });
  });

  it('F79: begins with different users each time, so that aborted scans do not always miss the same users', async () => {
    const removed = Array.from({ length: 6 }, (_, n) => `u_removed${n}`);
    for (const user of removed) await fixture.connect(server, 'drive', user);
    const firsts = new Set<string>();
    for (let jobs = 0; jobs < 12; jobs += 1) {
      const cut = new AbortController();
      const isActive = async (user: string) => {
        firsts.add(user);
        cut.abort();
        return true;
      };
      const users = { ...without(removed), isActive };
      expect(await server.revocationJobs.revokeOrphanedGrants(users, cut.signal)).toMatchObject({
        found: 6,
        processed: 1,
        wasAborted: true,
      });
    }
    expect(firsts.size).toBeGreaterThan(1);
  });

  it('F79: creates no second job while the first one cannot end its grants', async () => {
    breakConnector('mail');
    await fixture.connect(server, 'mail', 'u_ana');
    await skipPauses(server.revocationJobs.revokeOrphanedGrants(without(['u_ana']), signal));
    await skipPauses(server.revocationJobs.revokeOrphanedGrants(without(['u_ana']), signal));
    expect(await jobsOf('u_ana')).toHaveLength(1);
  });
});
