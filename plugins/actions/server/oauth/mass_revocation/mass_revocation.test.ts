import { aPrincipal } from '@latchkey/core/server/mocks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FormerClients } from '../tokens/index.ts';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
  withLateSearches,
  withReadHook,
} from './mass_revocation.mock.ts';
import type { RevocationScope } from './revocation_job.ts';

const MINUTE_MS = 60_000;
const signal = new AbortController().signal;
const actor = aPrincipal();
const users = (count: number) => Array.from({ length: count }, (_, index) => `u_${index}`);

let fixture: MassRevocationFixture;
let server: RevocationProcess;
beforeEach(async () => {
  fixture = await createMassRevocationFixture();
  server = fixture.server();
  fixture.connectors.put('drive');
  fixture.connectors.put('mail', 'mail.example.com');
  fixture.connectors.put('ears', 'ears:google', { spaceId: 'sales' });
});
afterEach(() => fixture.close());

/** Authorizes each of the connectors for each of the users, before the job starts. */
const authorizeAll = async (ids: readonly string[], who: readonly string[]) => {
  for (const id of ids) for (const user of who) await fixture.connect(server, id, user);
  await fixture.clock.advance(1000);
};
const revoke = async (scope: RevocationScope, by = server) => {
  const job = await by.revocationJobs.startJob(scope, { reason: 'mass_revoke', actor });
  await by.revocationJobs.workOn(job.id, signal);
  return by.revocationJobs.get(job.id);
};
const connected = async (id: string, who: readonly string[]) => {
  const statuses = await Promise.all(who.map((user) => fixture.statusOf(server, id, user)));
  return statuses.filter((status) => status === 'connected').length;
};

describe('a mass revocation', () => {
  it.each([
    ['a connector', { type: 'connector', connectorId: 'drive' }, [0, 5, 5], 5],
    ['a user', { type: 'user', profileUid: 'u_1' }, [4, 4, 4], 3],
    ['a token endpoint', { type: 'provider', provider: 'mail.example.com' }, [5, 0, 5], 5],
    ['an EARS provider', { type: 'provider', provider: 'google' }, [5, 5, 0], 5],
    ['all users', { type: 'all' }, [0, 0, 0], 15],
  ] as const)(
    'F81: ends and revokes exactly the grants of %s, in every space',
    async (_, scope, left, ended) => {
      await authorizeAll(['drive', 'mail', 'ears'], users(5));
      expect(await server.revocationJobs.dryRun(scope)).toBe(ended);
      const { job, counts } = await revoke(scope);
      expect(job).toMatchObject({ state: 'completed', isSettled: true });
      expect(counts).toEqual({
        total: ended,
        ended,
        failed: 0,
        revocation: { revoked: ended, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
      });
      for (const [index, id] of ['drive', 'mail', 'ears'].entries())
        expect(await connected(id, users(5))).toBe(left[index]);
      expect(fixture.revocations()).toHaveLength(2 * ended);
      expect(server.finished.map(({ id }) => id)).toEqual([job.id]);
    },
  );

  it('F81: keeps grants that were authorized after the job started, even between two pages', async () => {
    await authorizeAll(['drive'], users(120));
    let pages = 0;
    const late = fixture.server({
      checkpoint: async (point) => {
        if (point !== 'page_ended') return;
        pages += 1;
        await fixture.clock.advance(1000);
        // A user whose grant has ended, a user whose grant has not ended yet, and a user without a
        // grant.
        if (pages === 1)
          for (const user of ['u_0', 'u_119', 'u_new']) await fixture.connect(late, 'drive', user);
      },
    });
    const { counts } = await revoke({ type: 'connector', connectorId: 'drive' }, late);
    expect(pages).toBe(2);
    expect(await connected('drive', ['u_0', 'u_119', 'u_new'])).toBe(3);
    expect(await connected('drive', users(120))).toBe(2);
    expect(counts.failed).toBe(0);
    const { revoked, waiting, failed, unsupported, replaced } = counts.revocation;
    expect(revoked + waiting + failed + unsupported + replaced).toBe(counts.ended);
  });

  it('F81: keeps a grant that its user authorized after the page with the earlier grant was read', async () => {
    await authorizeAll(['drive'], users(2));
    let isFirst = true;
    const late = fixture.server({
      checkpoint: async (point) => {
        if (point !== 'page_planned' || !isFirst) return;
        isFirst = false;
        await fixture.clock.advance(1000);
        await fixture.connect(late, 'drive', 'u_0');
      },
    });
    await revoke({ type: 'connector', connectorId: 'drive' }, late);
    expect(await connected('drive', ['u_0'])).toBe(1);
    expect(await connected('drive', ['u_1'])).toBe(0);
  });

  it('H111: completes while revocations fail temporarily, and counts them until the outbox has finished', async () => {
    await authorizeAll(['drive', 'mail'], users(30));
    fixture.provider.revokeOutcome = 'failed_transient';
    const { job, counts } = await revoke({ type: 'all' });
    expect(job).toMatchObject({ state: 'completed', isSettled: false });
    expect(counts).toMatchObject({ ended: 60, revocation: { revoked: 0, waiting: 60 } });
    const late = fixture.server({ repository: withLateSearches(fixture.repository) });
    expect((await late.revocationJobs.get(job.id)).counts).toEqual(counts);
    expect(await connected('drive', users(30))).toBe(0);
    // Each of the two providers is called a few times, then its circuit breaker opens.
    expect(fixture.revocations().length).toBeLessThan(50);
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(5 * MINUTE_MS);
    await server.outbox.processDue(signal);
    expect((await server.revocationJobs.get(job.id)).counts.revocation).toMatchObject({
      revoked: 60,
      waiting: 0,
    });
    expect(await server.revocationJobs.workOn(job.id, signal)).toBeUndefined();
    expect((await server.revocationJobs.get(job.id)).job).toMatchObject({ isSettled: true });
  });

  it.each([
    ['failed_permanent', 'failed'],
    ['unsupported', 'unsupported'],
  ] as const)(
    'H110: counts the grants whose revocation the provider reported as %s',
    async (outcome, member) => {
      await authorizeAll(['drive'], users(12));
      fixture.provider.revokeOutcome = outcome;
      const { job, counts } = await revoke({ type: 'connector', connectorId: 'drive' });
      expect(job.isSettled).toBe(true);
      expect(counts.revocation).toMatchObject({ revoked: 0, [member]: 12 });
    },
  );

  it('revokes an ended grant even if the user authorizes again before the provider can be reached', async () => {
    await authorizeAll(['drive'], users(3));
    fixture.provider.revokeOutcome = 'failed_transient';
    const { job } = await revoke({ type: 'connector', connectorId: 'drive' });
    await fixture.connect(server, 'drive', 'u_1');
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(5 * MINUTE_MS);
    await server.revocationJobs.workOn(job.id, signal);
    expect((await server.revocationJobs.get(job.id)).counts.revocation).toEqual({
      revoked: 3,
      waiting: 0,
      failed: 0,
      unsupported: 0,
      replaced: 0,
    });
    expect(await connected('drive', users(3))).toBe(1);
    expect(fixture.provider.alive).toBe(1);
  });

  it('ends no further grants when it is cancelled, and revokes those that have ended', async () => {
    await authorizeAll(['drive'], users(250));
    let jobId = '';
    const slow = fixture.server({
      repository: withLateSearches(fixture.repository),
      checkpoint: async (point) => {
        if (point === 'page_planned')
          await slow.revocationJobs.cancel(jobId).catch(() => undefined);
      },
    });
    const started = await slow.revocationJobs.startJob(
      { type: 'all' },
      { reason: 'mass_revoke', actor },
    );
    jobId = started.id;
    await slow.revocationJobs.workOn(jobId, signal);
    const { job, counts } = await slow.revocationJobs.get(jobId);
    expect(job).toMatchObject({ state: 'cancelled', isSettled: true });
    expect(counts).toMatchObject({ total: 250, ended: 100, revocation: { revoked: 100 } });
    expect(await connected('drive', users(250))).toBe(150);
    await expect(slow.revocationJobs.cancel(jobId)).rejects.toMatchObject({
      code: 'revocation_job_finished',
    });
  });

  it('F81: is processed by only one of two processes that start at the same time', async () => {
    await authorizeAll(['drive'], users(150));
    const other = fixture.server();
    const { id } = await server.revocationJobs.startJob(
      { type: 'all' },
      { reason: 'mass_revoke', actor },
    );
    await Promise.all([
      server.revocationJobs.workOn(id, signal),
      other.revocationJobs.workOn(id, signal),
    ]);
    const { job, counts } = await server.revocationJobs.get(id);
    expect([job.state, counts.ended]).toEqual(['completed', 150]);
    const ended = [...server.events, ...other.events].filter(({ type }) => type === 'ended');
    expect(ended).toHaveLength(150);
    expect(server.finished.length + other.finished.length).toBe(1);
  });

  describe('with grants that cannot be ended now', () => {
    let isBroken = true;
    let id: string;
    beforeEach(async () => {
      isBroken = true;
      await authorizeAll(['drive', 'mail'], users(3));
      const read = fixture.connectors.find.bind(fixture.connectors);
      fixture.connectors.find = async (connectorId) => {
        if (connectorId === 'mail' && isBroken) throw new Error('the connector cannot be read');
        return read(connectorId);
      };
      const how = { reason: 'mass_revoke', actor } as const;
      id = (await server.revocationJobs.startJob({ type: 'all' }, how)).id;
    });
    const work = async (tries = 0) => {
      const working = server.revocationJobs.workOn(id, signal, tries);
      for (let turn = 0; turn < 5; turn += 1) await fixture.clock.advance(1000);
      return working;
    };

    it('F79: ends all other grants, counts those that failed, and tries them again later', async () => {
      const again = await work();
      expect(again?.getTime()).toBeGreaterThan(fixture.clock.now());
      const { job, counts } = await server.revocationJobs.get(id);
      expect(job.state).toBe('running');
      expect(counts).toMatchObject({ total: 6, ended: 3, failed: 3 });
      isBroken = false;
      expect(await work()).toBeUndefined();
      const later = await server.revocationJobs.get(id);
      expect(later.job).toMatchObject({ state: 'completed', isSettled: true });
      expect(later.counts).toMatchObject({ ended: 6, failed: 0, revocation: { revoked: 6 } });
    });

    it('G97: continues when the machine was suspended for a day after the first attempt', async () => {
      await work();
      fixture.clock.jumpWall(24 * 60 * MINUTE_MS);
      await work(1);
      expect((await server.revocationJobs.get(id)).job.state).toBe('running');
      isBroken = false;
      expect(await work(2)).toBeUndefined();
      expect((await server.revocationJobs.get(id)).counts).toMatchObject({ ended: 6, failed: 0 });
    });

    it('completes after a day with many attempts, and counts the grants that could not be ended', async () => {
      for (let tries = 0; tries < 20; tries += 1) await work(tries);
      await fixture.clock.advance(24 * 60 * MINUTE_MS);
      await work(20);
      const { job, counts } = await server.revocationJobs.get(id);
      expect(job.state).toBe('completed');
      expect(counts).toMatchObject({ ended: 3, failed: 3 });
    });
  });
});

describe('an edit of a connector', () => {
  const edit = async (by: RevocationProcess, host: string) => {
    const connector = fixture.connectors.get('drive');
    const reason = 'connector_changed';
    const prepared = await by.connectorRevocation.prepare({ connector, reason, actor });
    fixture.connectors.put('drive', host);
    return prepared;
  };

  it('ends earlier grants and keeps grants authorized meanwhile', async () => {
    await authorizeAll(['drive'], users(3));
    const prepared = await edit(server, 'new.example.com');
    await fixture.connect(server, 'drive', 'u_1');
    const job = await server.connectorRevocation.commit(prepared);
    await server.outbox.drain(1000);
    expect(job).toMatchObject({ state: 'completed', ended: 2 });
    expect(await connected('drive', users(3))).toBe(1);
    // The job ended two grants. The third was replaced by its owner's new authorization, and also
    // revoked.
    expect(fixture.revocations()).toHaveLength(6);
    expect(fixture.revocations().filter((call) => call.includes('new.example.com'))).toEqual([]);
  });

  it('H115: shows the correct status immediately, and revokes the grants after a crash that follows the write', async () => {
    await authorizeAll(['drive'], users(3));
    await edit(server, 'new.example.com');
    // The process crashes after the edit was written and before the job was started.
    const views = await server.connections.ofUser('u_0', [{ id: 'drive' }]);
    expect(views.get('drive')).toMatchObject({
      status: 'needs_reauth',
      lastError: { code: 'connector_changed' },
    });
    await fixture.connect(server, 'drive', 'u_1');
    const next = fixture.server();
    await fixture.clock.advance(2 * MINUTE_MS);
    await next.revocationJobs.sweep(signal);
    expect(next.scheduled).toHaveLength(1);
    for (const id of next.scheduled) await next.revocationJobs.workOn(id, signal);
    await server.outbox.drain(1000);
    expect(await fixture.statusOf(next, 'drive', 'u_0')).toBe('needs_reauth');
    expect(await fixture.statusOf(next, 'drive', 'u_1')).toBe('connected');
    expect(new Set(fixture.revocations().map((call) => call.split(' at ')[1]))).toEqual(
      new Set(['https://idp.example.com/revoke']),
    );
    expect(fixture.revocations()).toHaveLength(6);
  });

  it('ends no grant when the job was prepared but the edit was never written', async () => {
    await authorizeAll(['drive'], users(2));
    const connector = fixture.connectors.get('drive');
    await server.connectorRevocation.prepare({ connector, reason: 'connector_changed', actor });
    const next = fixture.server();
    const jobsLeftAfter = async (ms: number) => {
      await fixture.clock.advance(ms);
      await next.revocationJobs.sweep(signal);
      for (const id of next.scheduled) await next.revocationJobs.workOn(id, signal);
      return (await next.revocationJobs.list({ page: 1, perPage: 10 })).total;
    };
    expect(await jobsLeftAfter(24 * 60 * MINUTE_MS)).toBe(0);
    expect(await connected('drive', users(2))).toBe(2);
  });

  it('G97: keeps its prepared job while its process is paused before the write, even for a clock two hours ahead', async () => {
    await authorizeAll(['drive'], users(2));
    const connector = fixture.connectors.get('drive');
    const reason = 'connector_changed';
    const prepared = await server.connectorRevocation.prepare({ connector, reason, actor });
    fixture.clock.jumpWall(2 * 60 * MINUTE_MS);
    const other = fixture.server();
    await other.revocationJobs.sweep(signal);
    for (const id of other.scheduled) await other.revocationJobs.workOn(id, signal);
    expect(await other.revocationJobs.get(prepared.id)).toMatchObject({
      job: { state: 'prepared' },
    });
    // The paused process continues, writes the edit, and crashes.
    fixture.connectors.put('drive', 'new.example.com');
    await other.revocationJobs.sweep(signal);
    for (const id of other.scheduled) await other.revocationJobs.workOn(id, signal);
    expect(await connected('drive', users(2))).toBe(0);
    expect((await other.revocationJobs.get(prepared.id)).counts).toMatchObject({ ended: 2 });
  });

  it('ends earlier grants even if the edit is reverted immediately, and keeps later grants', async () => {
    await authorizeAll(['drive'], users(2));
    const first = await edit(server, 'new.example.com');
    const second = await edit(server, 'idp.example.com');
    await server.connectorRevocation.commit(first);
    await fixture.clock.advance(1000);
    await fixture.connect(server, 'drive', 'u_1');
    await server.connectorRevocation.commit(second);
    expect(await connected('drive', users(2))).toBe(1);
  });

  it('ends a grant of the old client that was stored during the job', async () => {
    await authorizeAll(['drive'], users(1));
    const before = fixture.connectors.get('drive');
    const prepared = await edit(server, 'new.example.com');
    let isFirst = true;
    const late = fixture.server({
      checkpoint: async () => {
        if (!isFirst) return;
        isFirst = false;
        await fixture.clock.advance(1000);
        fixture.connectors.put('drive');
        await fixture.connect(late, 'drive', 'u_late');
        fixture.connectors.put('drive', 'new.example.com');
      },
    });
    expect(before.id).toBe('drive');
    await late.connectorRevocation.commit(prepared);
    await late.revocationJobs.sweep(signal);
    expect(await connected('drive', ['u_0', 'u_late'])).toBe(0);
  });

  it('removes the stored client and its secret when no revocation is waiting any more', async () => {
    await authorizeAll(['drive'], users(1));
    const prepared = await edit(server, 'new.example.com');
    const formerClients = new FormerClients(fixture.repository);
    expect(await formerClients.find('drive', 'fp-idp.example.com')).toBeDefined();
    await server.connectorRevocation.commit(prepared);
    await server.outbox.drain(1000);
    expect(await formerClients.ofJob(prepared.id)).toBeUndefined();
    expect((await server.revocationJobs.get(prepared.id)).job.isSettled).toBe(true);
  });
});

describe('a deletion', () => {
  const remove = async () => {
    const connector = fixture.connectors.get('drive');
    const reason = 'connector_deleted';
    const prepared = await server.connectorRevocation.prepare({ connector, reason, actor });
    fixture.connectors.remove('drive');
    return prepared;
  };

  it('H115: continues after a crash, with the client of the deleted connector', async () => {
    await authorizeAll(['drive'], users(3));
    await remove();
    await fixture.clock.advance(2 * MINUTE_MS);
    const next = fixture.server();
    await next.revocationJobs.sweep(signal);
    for (const id of next.scheduled) await next.revocationJobs.workOn(id, signal);
    expect(fixture.revocations()).toHaveLength(6);
    const { views } = await next.revocationJobs.list({
      page: 1,
      perPage: 10,
      connectorId: 'drive',
    });
    expect(
      views.map(({ job, counts }) => [job.reason, job.state, counts.revocation.revoked]),
    ).toEqual([['connector_deleted', 'completed', 3]]);
  });

  it('H115: revokes a grant even if its owner or an administrator ends it before the job does', async () => {
    await authorizeAll(['drive'], users(2));
    await remove();
    const mass = await revoke({ type: 'user', profileUid: 'u_1' });
    expect(mass.counts.revocation).toMatchObject({ revoked: 1, unsupported: 0 });
    expect(fixture.revocations()).toHaveLength(2);
  });

  it('H115: responds after two seconds when a page takes longer, and continues in the background', async () => {
    await authorizeAll(['drive'], users(3));
    const planned = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const slow = fixture.server({
      repository: withLateSearches(fixture.repository),
      checkpoint: async (point) => {
        if (point !== 'page_planned') return;
        planned.resolve();
        await release.promise;
      },
    });
    const response = slow.connectorRevocation.commit(await remove());
    await planned.promise;
    await fixture.clock.advance(2001);
    const job = await response;
    expect(job).toMatchObject({ state: 'running', total: 3, ended: 0 });
    release.resolve();
    await slow.outbox.drain(1000);
    expect((await slow.revocationJobs.get(job.id)).counts).toMatchObject({ ended: 3, failed: 0 });
    // Works on the jobs that the server has scheduled because it could not finish them in time.
    for (const id of slow.scheduled) await server.revocationJobs.workOn(id, signal);
    expect((await server.revocationJobs.get(job.id)).job.isSettled).toBe(true);
  });

  it('H115: ends a grant that was authorized through a server whose clock is ahead', async () => {
    fixture.clock.jumpWall(30 * MINUTE_MS);
    await fixture.connect(server, 'drive', 'u_ahead');
    fixture.clock.jumpWall(-30 * MINUTE_MS);
    await server.connectorRevocation.commit(await remove());
    await server.outbox.drain(1000);
    expect(await connected('drive', ['u_ahead'])).toBe(0);
    expect(fixture.revocations()).toHaveLength(2);
  });

  it('keeps the grant of a user who authorizes a new connector with the same id', async () => {
    await authorizeAll(['drive'], users(2));
    const prepared = await remove();
    fixture.connectors.put('drive', 'new.example.com');
    await fixture.clock.advance(1000);
    const dying = fixture.server({
      checkpoint: async () => {
        throw new Error('the process crashes here');
      },
    });
    const { id } = await dying.connectorRevocation.commit(prepared);
    await fixture.clock.advance(1000);
    await fixture.connect(server, 'drive', 'u_new');
    await server.revocationJobs.workOn(id, signal);
    expect((await server.revocationJobs.get(id)).job).toMatchObject({
      state: 'completed',
      ended: 2,
    });
    expect(await connected('drive', ['u_0', 'u_1', 'u_new'])).toBe(1);
  });

  it('removes its job when no user was connected', async () => {
    await server.connectorRevocation.commit(await remove());
    expect(await server.revocationJobs.list({ page: 1, perPage: 10 })).toMatchObject({ total: 0 });
  });
});

describe('grants of a user', () => {
  it('F79: end in one job when the user is removed, even if the task is retried', async () => {
    await authorizeAll(['drive', 'mail'], users(2));
    expect(await server.revocationJobs.revokeForUser('u_1', 'user_removed', signal)).toBe(2);
    expect(await server.revocationJobs.revokeForUser('u_1', 'user_removed', signal)).toBe(0);
    const { views } = await server.revocationJobs.list({ page: 1, perPage: 10, profileUid: 'u_1' });
    expect(views.map(({ job }) => job.reason)).toEqual(['user_removed']);
    expect(await connected('drive', users(2))).toBe(1);
  });

  it('F79: end for a removed user even if a server whose clock is ahead has stored them', async () => {
    fixture.clock.jumpWall(5 * MINUTE_MS);
    await fixture.connect(server, 'drive', 'u_1');
    fixture.clock.jumpWall(-5 * MINUTE_MS);
    expect(await server.revocationJobs.revokeForUser('u_1', 'user_removed', signal)).toBe(1);
    expect(await connected('drive', ['u_1'])).toBe(0);
  });

  it('F79: end for a user who lost roles only in spaces that the user may no longer use', async () => {
    const strict = fixture.server({ hasAccess: async (_, spaceId) => spaceId !== 'sales' });
    await authorizeAll(['drive', 'ears'], users(2));
    expect(await strict.revocationJobs.revokeForUser('u_1', 'access_lost', signal)).toBe(1);
    expect(await connected('ears', users(2))).toBe(1);
    expect(await connected('drive', users(2))).toBe(2);
    expect(await server.revocationJobs.revokeForUser('u_0', 'access_lost', signal)).toBe(0);
    expect(await server.revocationJobs.list({ page: 1, perPage: 10 })).toMatchObject({ total: 1 });
  });
});

describe('the check of a user', () => {
  it.each(['user_removed', 'access_lost'] as const)(
    'F79: makes one search for grants when the user has none: %s',
    async (reason) => {
      await authorizeAll(['drive'], users(1));
      const searches: unknown[] = [];
      const repository = withReadHook(fixture.repository, (_, type) => searches.push(type));
      const recorded = fixture.server({ repository });
      expect(await recorded.revocationJobs.revokeForUser('u_1', reason, signal)).toBe(0);
      expect(searches.filter((type) => type === 'user_connector_token')).toHaveLength(1);
      expect(await server.revocationJobs.list({ page: 1, perPage: 10 })).toMatchObject({
        total: 0,
      });
    },
  );
});

describe('old revocation jobs', () => {
  it('are removed a month after they were settled', async () => {
    await authorizeAll(['drive'], users(1));
    const { job } = await revoke({ type: 'all' });
    await fixture.clock.advance(29 * 24 * 60 * MINUTE_MS);
    await server.revocationJobs.sweep(signal);
    expect((await server.revocationJobs.get(job.id)).job.isSettled).toBe(true);
    await fixture.clock.advance(2 * 24 * 60 * MINUTE_MS);
    await server.revocationJobs.sweep(signal);
    await expect(server.revocationJobs.get(job.id)).rejects.toMatchObject({
      code: 'revocation_job_not_found',
    });
  });
});
