import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aPrincipal } from '@latchkey/core/server/mocks';
import {
  createMassRevocationFixture,
  type MassRevocationFixture,
  type RevocationProcess,
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

/** Everybody authorizes these connectors, in the past of whatever follows. */
const connectAll = async (ids: readonly string[], who: readonly string[]) => {
  for (const id of ids) for (const user of who) await fixture.connect(server, id, user);
  await fixture.clock.advance(1000);
};
const revoke = async (scope: RevocationScope, by = server) => {
  const run = await by.revocationJobs.startRun(scope, { reason: 'mass_revoke', actor });
  await by.revocationJobs.workOn(run.id, signal);
  return by.revocationJobs.get(run.id);
};
const connected = async (id: string, who: readonly string[]) => {
  const statuses = await Promise.all(who.map((user) => fixture.statusOf(server, id, user)));
  return statuses.filter((status) => status === 'connected').length;
};

describe('a mass revocation', () => {
  it.each([
    ['a connector', { type: 'connector', connectorId: 'drive' }, [0, 5, 5], 5],
    ['a person', { type: 'user', profileUid: 'u_1' }, [4, 4, 4], 3],
    ['a token endpoint', { type: 'provider', provider: 'mail.example.com' }, [5, 0, 5], 5],
    ['an EARS provider', { type: 'provider', provider: 'google' }, [5, 5, 0], 5],
    ['everybody', { type: 'all' }, [0, 0, 0], 15],
  ] as const)(
    'F81: of %s ends and revokes exactly those, in every space',
    async (_, scope, left, ended) => {
      await connectAll(['drive', 'mail', 'ears'], users(5));
      expect(await server.revocationJobs.dryRun(scope)).toBe(ended);
      const { run, counts } = await revoke(scope);
      expect(run).toMatchObject({ state: 'completed', isSettled: true });
      expect(counts).toEqual({
        total: ended,
        ended,
        failed: 0,
        revocation: { revoked: ended, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
      });
      for (const [index, id] of ['drive', 'mail', 'ears'].entries())
        expect(await connected(id, users(5))).toBe(left[index]);
      expect(fixture.revocations()).toHaveLength(2 * ended);
      expect(server.finished.map(({ id }) => id)).toEqual([run.id]);
    },
  );

  it('F81: spares whoever authorizes after it began, also between two of its pages', async () => {
    await connectAll(['drive'], users(120));
    let pages = 0;
    const late = fixture.server({
      checkpoint: async (point) => {
        if (point !== 'page_ended') return;
        pages += 1;
        await fixture.clock.advance(1000);
        // One who has been ended, one who has not, and one who was never there.
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

  it('H111: leaves to the outbox what a provider cannot take now, and goes on counting', async () => {
    await connectAll(['drive', 'mail'], users(30));
    fixture.provider.revokeOutcome = 'failed_transient';
    const { run, counts } = await revoke({ type: 'all' });
    expect(run).toMatchObject({ state: 'completed', isSettled: false });
    expect(counts).toMatchObject({ ended: 60, revocation: { revoked: 0, waiting: 60 } });
    expect(await connected('drive', users(30))).toBe(0);
    // Two providers, each asked a few times and then left alone.
    expect(fixture.revocations().length).toBeLessThan(50);
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(5 * MINUTE_MS);
    await server.outbox.workOff(signal);
    expect((await server.revocationJobs.get(run.id)).counts.revocation).toMatchObject({
      revoked: 60,
      waiting: 0,
    });
    expect(await server.revocationJobs.workOn(run.id, signal)).toBeUndefined();
    expect((await server.revocationJobs.get(run.id)).run).toMatchObject({ isSettled: true });
  });

  it.each([
    ['failed_permanent', 'failed'],
    ['unsupported', 'unsupported'],
  ] as const)('H110: tells how many the provider answered %s', async (outcome, member) => {
    await connectAll(['drive'], users(12));
    fixture.provider.revokeOutcome = outcome;
    const { run, counts } = await revoke({ type: 'connector', connectorId: 'drive' });
    expect(run.isSettled).toBe(true);
    expect(counts.revocation).toMatchObject({ revoked: 0, [member]: 12 });
  });

  it('revokes the grants it ended also where the person has authorized again before the provider could be asked', async () => {
    await connectAll(['drive'], users(3));
    fixture.provider.revokeOutcome = 'failed_transient';
    const { run } = await revoke({ type: 'connector', connectorId: 'drive' });
    await fixture.connect(server, 'drive', 'u_1');
    fixture.provider.revokeOutcome = 'revoked';
    await fixture.clock.advance(5 * MINUTE_MS);
    await server.revocationJobs.workOn(run.id, signal);
    expect((await server.revocationJobs.get(run.id)).counts.revocation).toEqual({
      revoked: 3,
      waiting: 0,
      failed: 0,
      unsupported: 0,
      replaced: 0,
    });
    expect(await connected('drive', users(3))).toBe(1);
    expect(fixture.provider.alive).toBe(1);
  });

  it('stops when it is cancelled, and revokes what it has ended', async () => {
    await connectAll(['drive'], users(250));
    let runId = '';
    const slow = fixture.server({
      checkpoint: async (point) => {
        if (point === 'page_planned')
          await slow.revocationJobs.cancel(runId).catch(() => undefined);
      },
    });
    const started = await slow.revocationJobs.startRun(
      { type: 'all' },
      { reason: 'mass_revoke', actor },
    );
    runId = started.id;
    await slow.revocationJobs.workOn(runId, signal);
    const { run, counts } = await slow.revocationJobs.get(runId);
    expect(run).toMatchObject({ state: 'cancelled', isSettled: true });
    expect(counts).toMatchObject({ total: 250, ended: 100, revocation: { revoked: 100 } });
    expect(await connected('drive', users(250))).toBe(150);
    await expect(slow.revocationJobs.cancel(runId)).rejects.toMatchObject({
      code: 'revocation_job_finished',
    });
  });

  it('F81: is worked on by one of two processes, however they meet', async () => {
    await connectAll(['drive'], users(150));
    const other = fixture.server();
    const { id } = await server.revocationJobs.startRun(
      { type: 'all' },
      { reason: 'mass_revoke', actor },
    );
    await Promise.all([
      server.revocationJobs.workOn(id, signal),
      other.revocationJobs.workOn(id, signal),
    ]);
    const { run, counts } = await server.revocationJobs.get(id);
    expect([run.state, counts.ended]).toEqual(['completed', 150]);
    const ended = [...server.events, ...other.events].filter(({ type }) => type === 'ended');
    expect(ended).toHaveLength(150);
    expect(server.finished.length + other.finished.length).toBe(1);
  });

  describe('that meets grants which cannot be ended now', () => {
    let isBroken = true;
    let id: string;
    beforeEach(async () => {
      isBroken = true;
      await connectAll(['drive', 'mail'], users(3));
      const read = fixture.connectors.readDecrypted.bind(fixture.connectors);
      fixture.connectors.readDecrypted = async (connectorId) => {
        if (connectorId === 'mail' && isBroken) throw new Error('this one is broken');
        return read(connectorId);
      };
      const how = { reason: 'mass_revoke', actor } as const;
      id = (await server.revocationJobs.startRun({ type: 'all' }, how)).id;
    });
    const work = async (tries = 0) => {
      const working = server.revocationJobs.workOn(id, signal, tries);
      for (let turn = 0; turn < 5; turn += 1) await fixture.clock.advance(1000);
      return working;
    };

    it('F79: ends all others, says how many are left, and comes back to them', async () => {
      const again = await work();
      expect(again?.getTime()).toBeGreaterThan(fixture.clock.now());
      const { run, counts } = await server.revocationJobs.get(id);
      expect(run.state).toBe('running');
      expect(counts).toMatchObject({ total: 6, ended: 3, failed: 3 });
      isBroken = false;
      expect(await work()).toBeUndefined();
      const later = await server.revocationJobs.get(id);
      expect(later.run).toMatchObject({ state: 'completed', isSettled: true });
      expect(later.counts).toMatchObject({ ended: 6, failed: 0, revocation: { revoked: 6 } });
    });

    it('G97: continues when a machine slept for a day after the first try', async () => {
      await work();
      fixture.clock.jumpWall(24 * 60 * MINUTE_MS);
      await work(1);
      expect((await server.revocationJobs.get(id)).run.state).toBe('running');
      isBroken = false;
      expect(await work(2)).toBeUndefined();
      expect((await server.revocationJobs.get(id)).counts).toMatchObject({ ended: 6, failed: 0 });
    });

    it('is over after a day of many tries, and says how many could not be ended', async () => {
      for (let tries = 0; tries < 20; tries += 1) await work(tries);
      await fixture.clock.advance(24 * 60 * MINUTE_MS);
      await work(20);
      const { run, counts } = await server.revocationJobs.get(id);
      expect(run.state).toBe('completed');
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

  it('ends what was authorized before and spares what is authorized meanwhile', async () => {
    await connectAll(['drive'], users(3));
    const prepared = await edit(server, 'new.example.com');
    await fixture.connect(server, 'drive', 'u_1');
    const run = await server.connectorRevocation.begin(prepared);
    await server.background.drain(1000);
    expect(run).toMatchObject({ state: 'completed', ended: 2 });
    expect(await connected('drive', users(3))).toBe(1);
    // Two were ended by the run; the third was replaced by its owner, and went the same way.
    expect(fixture.revocations()).toHaveLength(6);
    expect(fixture.revocations().filter((call) => call.includes('new.example.com'))).toEqual([]);
  });

  it('H115: is truthful at once and goes on after a crash between the write and the end', async () => {
    await connectAll(['drive'], users(3));
    await edit(server, 'new.example.com');
    // The process died here.
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
    await server.background.drain(1000);
    expect(await fixture.statusOf(next, 'drive', 'u_0')).toBe('needs_reauth');
    expect(await fixture.statusOf(next, 'drive', 'u_1')).toBe('connected');
    expect(new Set(fixture.revocations().map((call) => call.split(' at ')[1]))).toEqual(
      new Set(['https://idp.example.com/revoke']),
    );
    expect(fixture.revocations()).toHaveLength(6);
  });

  it('leaves everybody connected when it was recorded and never written', async () => {
    await connectAll(['drive'], users(2));
    const connector = fixture.connectors.get('drive');
    await server.connectorRevocation.prepare({ connector, reason: 'connector_changed', actor });
    const next = fixture.server();
    const runsLeftAfter = async (ms: number) => {
      await fixture.clock.advance(ms);
      await next.revocationJobs.sweep(signal);
      for (const id of next.scheduled) await next.revocationJobs.workOn(id, signal);
      return (await next.revocationJobs.list({ page: 1, perPage: 10 })).total;
    };
    expect(await runsLeftAfter(24 * 60 * MINUTE_MS)).toBe(0);
    expect(await connected('drive', users(2))).toBe(2);
  });

  it('G97: keeps the record of an edit that is paused before its write, though a clock is two hours ahead', async () => {
    await connectAll(['drive'], users(2));
    const connector = fixture.connectors.get('drive');
    const reason = 'connector_changed';
    const prepared = await server.connectorRevocation.prepare({ connector, reason, actor });
    fixture.clock.jumpWall(2 * 60 * MINUTE_MS);
    const other = fixture.server();
    await other.revocationJobs.sweep(signal);
    for (const id of other.scheduled) await other.revocationJobs.workOn(id, signal);
    expect(await other.revocationJobs.get(prepared.id)).toMatchObject({
      run: { state: 'prepared' },
    });
    // It goes on, writes, and its process dies.
    fixture.connectors.put('drive', 'new.example.com');
    await other.revocationJobs.sweep(signal);
    for (const id of other.scheduled) await other.revocationJobs.workOn(id, signal);
    expect(await connected('drive', users(2))).toBe(0);
    expect((await other.revocationJobs.get(prepared.id)).counts).toMatchObject({ ended: 2 });
  });

  it('ends the grants of before even if it is undone at once, and spares those of after', async () => {
    await connectAll(['drive'], users(2));
    const first = await edit(server, 'new.example.com');
    const second = await edit(server, 'idp.example.com');
    await server.connectorRevocation.begin(first);
    await fixture.clock.advance(1000);
    await fixture.connect(server, 'drive', 'u_1');
    await server.connectorRevocation.begin(second);
    expect(await connected('drive', users(2))).toBe(1);
  });

  it('ends a grant of before that was stored late', async () => {
    await connectAll(['drive'], users(1));
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
    await late.connectorRevocation.begin(prepared);
    await late.revocationJobs.sweep(signal);
    expect(await connected('drive', ['u_0', 'u_late'])).toBe(0);
  });

  it('forgets the client, and its secret, once nothing waits any more', async () => {
    await connectAll(['drive'], users(1));
    const prepared = await edit(server, 'new.example.com');
    expect(await server.runs.formerClient('drive', 'fp-idp.example.com')).toBeDefined();
    await server.connectorRevocation.begin(prepared);
    await server.background.drain(1000);
    expect(await server.runs.clientOf(prepared.id)).toBeUndefined();
    expect((await server.revocationJobs.get(prepared.id)).run.isSettled).toBe(true);
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

  it('H115: goes on after a crash, with the client that the connector had', async () => {
    await connectAll(['drive'], users(3));
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
      views.map(({ run, counts }) => [run.reason, run.state, counts.revocation.revoked]),
    ).toEqual([['connector_deleted', 'completed', 3]]);
  });

  it('H115: revokes what its owner, or an administrator, ends before the run comes to it', async () => {
    await connectAll(['drive'], users(2));
    await remove();
    const mass = await revoke({ type: 'user', profileUid: 'u_1' });
    expect(mass.counts.revocation).toMatchObject({ revoked: 1, unsupported: 0 });
    expect(fixture.revocations()).toHaveLength(2);
  });

  it('H115: is answered after two seconds though a page takes longer, and goes on', async () => {
    await connectAll(['drive'], users(3));
    let release: () => void = () => undefined;
    const slow = fixture.server({
      checkpoint: (point) =>
        point === 'page_planned'
          ? new Promise((resolve) => (release = resolve))
          : Promise.resolve(),
    });
    const response = slow.connectorRevocation.begin(await remove());
    await fixture.clock.advance(2001);
    const run = await response;
    expect(run).toMatchObject({ state: 'running', total: 3, ended: 0 });
    release();
    await slow.background.drain(1000);
    expect((await slow.revocationJobs.get(run.id)).counts).toMatchObject({ ended: 3, failed: 0 });
    // Whatever the server did not finish itself was handed on.
    for (const id of slow.scheduled) await server.revocationJobs.workOn(id, signal);
    expect((await server.revocationJobs.get(run.id)).run.isSettled).toBe(true);
  });

  it('H115: ends what was authorized through a server whose clock is ahead', async () => {
    fixture.clock.jumpWall(30 * MINUTE_MS);
    await fixture.connect(server, 'drive', 'u_ahead');
    fixture.clock.jumpWall(-30 * MINUTE_MS);
    await server.connectorRevocation.begin(await remove());
    await server.background.drain(1000);
    expect(await connected('drive', ['u_ahead'])).toBe(0);
    expect(fixture.revocations()).toHaveLength(2);
  });

  it('spares whoever authorizes a new connector of the same name', async () => {
    await connectAll(['drive'], users(2));
    const prepared = await remove();
    fixture.connectors.put('drive', 'new.example.com');
    await fixture.clock.advance(1000);
    const dying = fixture.server({
      checkpoint: async () => {
        throw new Error('the process dies here');
      },
    });
    const { id } = await dying.connectorRevocation.begin(prepared);
    await fixture.clock.advance(1000);
    await fixture.connect(server, 'drive', 'u_new');
    await server.revocationJobs.workOn(id, signal);
    expect((await server.revocationJobs.get(id)).run).toMatchObject({
      state: 'completed',
      ended: 2,
    });
    expect(await connected('drive', ['u_0', 'u_1', 'u_new'])).toBe(1);
  });

  it('leaves no trace when nobody was connected', async () => {
    await server.connectorRevocation.begin(await remove());
    expect(await server.revocationJobs.list({ page: 1, perPage: 10 })).toMatchObject({ total: 0 });
  });
});

describe('a person', () => {
  it('F79: who is gone loses every grant by one run, however often the task is tried', async () => {
    await connectAll(['drive', 'mail'], users(2));
    expect(await server.revocationJobs.revokeForUser('u_1', 'user_removed', signal)).toBe(2);
    expect(await server.revocationJobs.revokeForUser('u_1', 'user_removed', signal)).toBe(0);
    const { views } = await server.revocationJobs.list({ page: 1, perPage: 10, profileUid: 'u_1' });
    expect(views.map(({ run }) => run.reason)).toEqual(['user_removed']);
    expect(await connected('drive', users(2))).toBe(1);
  });

  it('F79: who is gone keeps nothing of what they authorized through a server whose clock is ahead', async () => {
    fixture.clock.jumpWall(5 * MINUTE_MS);
    await fixture.connect(server, 'drive', 'u_1');
    fixture.clock.jumpWall(-5 * MINUTE_MS);
    expect(await server.revocationJobs.revokeForUser('u_1', 'user_removed', signal)).toBe(1);
    expect(await connected('drive', ['u_1'])).toBe(0);
  });

  it('F79: who was demoted loses the grants of spaces they may no longer use, and no others', async () => {
    const strict = fixture.server({ hasAccess: async (_, spaceId) => spaceId !== 'sales' });
    await connectAll(['drive', 'ears'], users(2));
    expect(await strict.revocationJobs.revokeForUser('u_1', 'access_lost', signal)).toBe(1);
    expect(await connected('ears', users(2))).toBe(1);
    expect(await connected('drive', users(2))).toBe(2);
    expect(await server.revocationJobs.revokeForUser('u_0', 'access_lost', signal)).toBe(0);
    expect(await server.revocationJobs.list({ page: 1, perPage: 10 })).toMatchObject({ total: 1 });
  });
});

describe('old runs', () => {
  it('are forgotten a month after nothing was left to do', async () => {
    await connectAll(['drive'], users(1));
    const { run } = await revoke({ type: 'all' });
    await fixture.clock.advance(29 * 24 * 60 * MINUTE_MS);
    await server.revocationJobs.sweep(signal);
    expect((await server.revocationJobs.get(run.id)).run.isSettled).toBe(true);
    await fixture.clock.advance(2 * 24 * 60 * MINUTE_MS);
    await server.revocationJobs.sweep(signal);
    await expect(server.revocationJobs.get(run.id)).rejects.toMatchObject({
      code: 'revocation_job_not_found',
    });
  });
});
