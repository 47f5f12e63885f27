import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aPrincipal } from '@latchkey/core/server/mocks';
import type { EndingScope } from './ending_run.ts';
import { createEndingBench, type EndingBench, type EndingProcess } from './endings.mock.ts';

const MINUTE_MS = 60_000;
const signal = new AbortController().signal;
const actor = aPrincipal();
const people = (count: number) => Array.from({ length: count }, (_, index) => `u_${index}`);

let bench: EndingBench;
let server: EndingProcess;
beforeEach(async () => {
  bench = await createEndingBench();
  server = bench.server();
  bench.connectors.put('drive');
  bench.connectors.put('mail', 'mail.example.com');
  bench.connectors.put('ears', 'ears:google', { spaceId: 'sales' });
});
afterEach(() => bench.close());

/** Everybody authorizes these connectors, in the past of whatever follows. */
const connectAll = async (ids: readonly string[], who: readonly string[]) => {
  for (const id of ids) for (const person of who) await bench.connect(server, id, person);
  await bench.clock.advance(1000);
};
const revoke = async (scope: EndingScope, by = server) => {
  const run = await by.endings.startRun(scope, { reason: 'mass_revoke', actor });
  await by.endings.workOn(run.id, signal);
  return by.endings.get(run.id);
};
const connected = async (id: string, who: readonly string[]) => {
  const statuses = await Promise.all(who.map((person) => bench.statusOf(server, id, person)));
  return statuses.filter((status) => status === 'connected').length;
};

describe('a mass revocation', () => {
  it.each([
    ['a connector', { type: 'connector', connectorId: 'drive' }, [0, 5, 5], 5],
    ['a person', { type: 'person', profileUid: 'u_1' }, [4, 4, 4], 3],
    ['a token endpoint', { type: 'provider', provider: 'mail.example.com' }, [5, 0, 5], 5],
    ['an EARS provider', { type: 'provider', provider: 'google' }, [5, 5, 0], 5],
    ['everybody', { type: 'all' }, [0, 0, 0], 15],
  ] as const)(
    'F81: of %s ends and revokes exactly those, in every space',
    async (_, scope, left, ended) => {
      await connectAll(['drive', 'mail', 'ears'], people(5));
      expect(await server.endings.dryRun(scope)).toBe(ended);
      const { run, counts } = await revoke(scope);
      expect(run).toMatchObject({ state: 'completed', isSettled: true });
      expect(counts).toEqual({
        total: ended,
        ended,
        failed: 0,
        revocation: { revoked: ended, waiting: 0, failed: 0, unsupported: 0, replaced: 0 },
      });
      for (const [index, id] of ['drive', 'mail', 'ears'].entries())
        expect(await connected(id, people(5))).toBe(left[index]);
      expect(bench.revocations()).toHaveLength(2 * ended);
      expect(server.finished.map(({ id }) => id)).toEqual([run.id]);
    },
  );

  it('F81: spares whoever authorizes after it began, also between two of its pages', async () => {
    await connectAll(['drive'], people(120));
    let pages = 0;
    const late = bench.server({
      checkpoint: async (point) => {
        if (point !== 'page_ended') return;
        pages += 1;
        await bench.clock.advance(1000);
        // One who has been ended, one who has not, and one who was never there.
        if (pages === 1)
          for (const person of ['u_0', 'u_119', 'u_new'])
            await bench.connect(late, 'drive', person);
      },
    });
    const { counts } = await revoke({ type: 'connector', connectorId: 'drive' }, late);
    expect(pages).toBe(2);
    expect(await connected('drive', ['u_0', 'u_119', 'u_new'])).toBe(3);
    expect(await connected('drive', people(120))).toBe(2);
    expect(counts.failed).toBe(0);
    const { revoked, waiting, failed, unsupported, replaced } = counts.revocation;
    expect(revoked + waiting + failed + unsupported + replaced).toBe(counts.ended);
  });

  it('H111: leaves to the outbox what a provider cannot take now, and goes on counting', async () => {
    await connectAll(['drive', 'mail'], people(30));
    bench.provider.revokeOutcome = 'failed_transient';
    const { run, counts } = await revoke({ type: 'all' });
    expect(run).toMatchObject({ state: 'completed', isSettled: false });
    expect(counts).toMatchObject({ ended: 60, revocation: { revoked: 0, waiting: 60 } });
    expect(await connected('drive', people(30))).toBe(0);
    // Two providers, each asked a few times and then left alone.
    expect(bench.revocations().length).toBeLessThan(50);
    bench.provider.revokeOutcome = 'revoked';
    await bench.clock.advance(5 * MINUTE_MS);
    await server.outbox.workOff(signal);
    expect((await server.endings.get(run.id)).counts.revocation).toMatchObject({
      revoked: 60,
      waiting: 0,
    });
    expect(await server.endings.workOn(run.id, signal)).toBeUndefined();
    expect((await server.endings.get(run.id)).run).toMatchObject({ isSettled: true });
  });

  it.each([
    ['failed_permanent', 'failed'],
    ['unsupported', 'unsupported'],
  ] as const)('H110: tells how many the provider answered %s', async (outcome, member) => {
    await connectAll(['drive'], people(12));
    bench.provider.revokeOutcome = outcome;
    const { run, counts } = await revoke({ type: 'connector', connectorId: 'drive' });
    expect(run.isSettled).toBe(true);
    expect(counts.revocation).toMatchObject({ revoked: 0, [member]: 12 });
  });

  it('revokes the grants it ended also where the person has authorized again before the provider could be asked', async () => {
    await connectAll(['drive'], people(3));
    bench.provider.revokeOutcome = 'failed_transient';
    const { run } = await revoke({ type: 'connector', connectorId: 'drive' });
    await bench.connect(server, 'drive', 'u_1');
    bench.provider.revokeOutcome = 'revoked';
    await bench.clock.advance(5 * MINUTE_MS);
    await server.endings.workOn(run.id, signal);
    expect((await server.endings.get(run.id)).counts.revocation).toEqual({
      revoked: 3,
      waiting: 0,
      failed: 0,
      unsupported: 0,
      replaced: 0,
    });
    expect(await connected('drive', people(3))).toBe(1);
    expect(bench.provider.alive).toBe(1);
  });

  it('stops when it is cancelled, and revokes what it has ended', async () => {
    await connectAll(['drive'], people(250));
    let runId = '';
    const slow = bench.server({
      checkpoint: async (point) => {
        if (point === 'page_planned') await slow.endings.cancel(runId).catch(() => undefined);
      },
    });
    const started = await slow.endings.startRun({ type: 'all' }, { reason: 'mass_revoke', actor });
    runId = started.id;
    await slow.endings.workOn(runId, signal);
    const { run, counts } = await slow.endings.get(runId);
    expect(run).toMatchObject({ state: 'cancelled', isSettled: true });
    expect(counts).toMatchObject({ total: 250, ended: 100, revocation: { revoked: 100 } });
    expect(await connected('drive', people(250))).toBe(150);
    await expect(slow.endings.cancel(runId)).rejects.toMatchObject({ code: 'ending_over' });
  });

  it('F81: is worked on by one of two processes, however they meet', async () => {
    await connectAll(['drive'], people(150));
    const other = bench.server();
    const { id } = await server.endings.startRun({ type: 'all' }, { reason: 'mass_revoke', actor });
    await Promise.all([server.endings.workOn(id, signal), other.endings.workOn(id, signal)]);
    const { run, counts } = await server.endings.get(id);
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
      await connectAll(['drive', 'mail'], people(3));
      const read = bench.connectors.readDecrypted.bind(bench.connectors);
      bench.connectors.readDecrypted = async (connectorId) => {
        if (connectorId === 'mail' && isBroken) throw new Error('this one is broken');
        return read(connectorId);
      };
      const how = { reason: 'mass_revoke', actor } as const;
      id = (await server.endings.startRun({ type: 'all' }, how)).id;
    });
    const work = async (tries = 0) => {
      const working = server.endings.workOn(id, signal, tries);
      for (let turn = 0; turn < 5; turn += 1) await bench.clock.advance(1000);
      return working;
    };

    it('F79: ends all others, says how many are left, and comes back to them', async () => {
      const again = await work();
      expect(again?.getTime()).toBeGreaterThan(bench.clock.now());
      const { run, counts } = await server.endings.get(id);
      expect(run.state).toBe('running');
      expect(counts).toMatchObject({ total: 6, ended: 3, failed: 3 });
      isBroken = false;
      expect(await work()).toBeUndefined();
      const later = await server.endings.get(id);
      expect(later.run).toMatchObject({ state: 'completed', isSettled: true });
      expect(later.counts).toMatchObject({ ended: 6, failed: 0, revocation: { revoked: 6 } });
    });

    it('G97: continues when a machine slept for a day after the first try', async () => {
      await work();
      bench.clock.jumpWall(24 * 60 * MINUTE_MS);
      await work(1);
      expect((await server.endings.get(id)).run.state).toBe('running');
      isBroken = false;
      expect(await work(2)).toBeUndefined();
      expect((await server.endings.get(id)).counts).toMatchObject({ ended: 6, failed: 0 });
    });

    it('is over after a day of many tries, and says how many could not be ended', async () => {
      for (let tries = 0; tries < 20; tries += 1) await work(tries);
      await bench.clock.advance(24 * 60 * MINUTE_MS);
      await work(20);
      const { run, counts } = await server.endings.get(id);
      expect(run.state).toBe('completed');
      expect(counts).toMatchObject({ ended: 3, failed: 3 });
    });
  });
});

describe('an edit of a connector', () => {
  const edit = async (by: EndingProcess, host: string) => {
    const connector = bench.connectors.get('drive');
    const reason = 'connector_changed';
    const prepared = await by.connectorEndings.prepare({ connector, reason, actor });
    bench.connectors.put('drive', host);
    return prepared;
  };

  it('ends what was authorized before and spares what is authorized meanwhile', async () => {
    await connectAll(['drive'], people(3));
    const prepared = await edit(server, 'new.example.com');
    await bench.connect(server, 'drive', 'u_1');
    const run = await server.connectorEndings.begin(prepared);
    await server.background.drain(1000);
    expect(run).toMatchObject({ state: 'completed', ended: 2 });
    expect(await connected('drive', people(3))).toBe(1);
    // Two were ended by the run; the third was replaced by its owner, and went the same way.
    expect(bench.revocations()).toHaveLength(6);
    expect(bench.revocations().filter((call) => call.includes('new.example.com'))).toEqual([]);
  });

  it('H115: is truthful at once and goes on after a crash between the write and the end', async () => {
    await connectAll(['drive'], people(3));
    await edit(server, 'new.example.com');
    // The process died here.
    const views = await server.connections.ofPerson('u_0', [{ id: 'drive' }]);
    expect(views.get('drive')).toMatchObject({
      status: 'needs_reauth',
      lastError: { code: 'connector_changed' },
    });
    await bench.connect(server, 'drive', 'u_1');
    const next = bench.server();
    await bench.clock.advance(2 * MINUTE_MS);
    await next.endings.sweep(signal);
    expect(next.scheduled).toHaveLength(1);
    for (const id of next.scheduled) await next.endings.workOn(id, signal);
    await server.background.drain(1000);
    expect(await bench.statusOf(next, 'drive', 'u_0')).toBe('needs_reauth');
    expect(await bench.statusOf(next, 'drive', 'u_1')).toBe('connected');
    expect(new Set(bench.revocations().map((call) => call.split(' at ')[1]))).toEqual(
      new Set(['https://idp.example.com/revoke']),
    );
    expect(bench.revocations()).toHaveLength(6);
  });

  it('leaves everybody connected when it was recorded and never written', async () => {
    await connectAll(['drive'], people(2));
    const connector = bench.connectors.get('drive');
    await server.connectorEndings.prepare({ connector, reason: 'connector_changed', actor });
    const next = bench.server();
    const runsLeftAfter = async (ms: number) => {
      await bench.clock.advance(ms);
      await next.endings.sweep(signal);
      for (const id of next.scheduled) await next.endings.workOn(id, signal);
      return (await next.endings.list({ page: 1, perPage: 10 })).total;
    };
    expect(await runsLeftAfter(24 * 60 * MINUTE_MS)).toBe(0);
    expect(await connected('drive', people(2))).toBe(2);
  });

  it('G97: keeps the record of an edit that is paused before its write, though a clock is two hours ahead', async () => {
    await connectAll(['drive'], people(2));
    const connector = bench.connectors.get('drive');
    const reason = 'connector_changed';
    const prepared = await server.connectorEndings.prepare({ connector, reason, actor });
    bench.clock.jumpWall(2 * 60 * MINUTE_MS);
    const other = bench.server();
    await other.endings.sweep(signal);
    for (const id of other.scheduled) await other.endings.workOn(id, signal);
    expect(await other.endings.get(prepared.id)).toMatchObject({ run: { state: 'prepared' } });
    // It goes on, writes, and its process dies.
    bench.connectors.put('drive', 'new.example.com');
    await other.endings.sweep(signal);
    for (const id of other.scheduled) await other.endings.workOn(id, signal);
    expect(await connected('drive', people(2))).toBe(0);
    expect((await other.endings.get(prepared.id)).counts).toMatchObject({ ended: 2 });
  });

  it('ends the grants of before even if it is undone at once, and spares those of after', async () => {
    await connectAll(['drive'], people(2));
    const first = await edit(server, 'new.example.com');
    const second = await edit(server, 'idp.example.com');
    await server.connectorEndings.begin(first);
    await bench.clock.advance(1000);
    await bench.connect(server, 'drive', 'u_1');
    await server.connectorEndings.begin(second);
    expect(await connected('drive', people(2))).toBe(1);
  });

  it('ends a grant of before that was stored late', async () => {
    await connectAll(['drive'], people(1));
    const before = bench.connectors.get('drive');
    const prepared = await edit(server, 'new.example.com');
    let isFirst = true;
    const late = bench.server({
      checkpoint: async () => {
        if (!isFirst) return;
        isFirst = false;
        await bench.clock.advance(1000);
        bench.connectors.put('drive');
        await bench.connect(late, 'drive', 'u_late');
        bench.connectors.put('drive', 'new.example.com');
      },
    });
    expect(before.id).toBe('drive');
    await late.connectorEndings.begin(prepared);
    await late.endings.sweep(signal);
    expect(await connected('drive', ['u_0', 'u_late'])).toBe(0);
  });

  it('forgets the client, and its secret, once nothing waits any more', async () => {
    await connectAll(['drive'], people(1));
    const prepared = await edit(server, 'new.example.com');
    expect(await server.runs.formerClient('drive', 'fp-idp.example.com')).toBeDefined();
    await server.connectorEndings.begin(prepared);
    await server.background.drain(1000);
    expect(await server.runs.clientOf(prepared.id)).toBeUndefined();
    expect((await server.endings.get(prepared.id)).run.isSettled).toBe(true);
  });
});

describe('a deletion', () => {
  const remove = async () => {
    const connector = bench.connectors.get('drive');
    const reason = 'connector_deleted';
    const prepared = await server.connectorEndings.prepare({ connector, reason, actor });
    bench.connectors.remove('drive');
    return prepared;
  };

  it('H115: goes on after a crash, with the client that the connector had', async () => {
    await connectAll(['drive'], people(3));
    await remove();
    await bench.clock.advance(2 * MINUTE_MS);
    const next = bench.server();
    await next.endings.sweep(signal);
    for (const id of next.scheduled) await next.endings.workOn(id, signal);
    expect(bench.revocations()).toHaveLength(6);
    const { views } = await next.endings.list({ page: 1, perPage: 10, connectorId: 'drive' });
    expect(
      views.map(({ run, counts }) => [run.reason, run.state, counts.revocation.revoked]),
    ).toEqual([['connector_deleted', 'completed', 3]]);
  });

  it('H115: revokes what its owner, or an administrator, ends before the run comes to it', async () => {
    await connectAll(['drive'], people(2));
    await remove();
    const mass = await revoke({ type: 'person', profileUid: 'u_1' });
    expect(mass.counts.revocation).toMatchObject({ revoked: 1, unsupported: 0 });
    expect(bench.revocations()).toHaveLength(2);
  });

  it('H115: is answered after two seconds though a page takes longer, and goes on', async () => {
    await connectAll(['drive'], people(3));
    let release: () => void = () => undefined;
    const slow = bench.server({
      checkpoint: (point) =>
        point === 'page_planned'
          ? new Promise((resolve) => (release = resolve))
          : Promise.resolve(),
    });
    const answer = slow.connectorEndings.begin(await remove());
    await bench.clock.advance(2001);
    const run = await answer;
    expect(run).toMatchObject({ state: 'running', total: 3, ended: 0 });
    release();
    await slow.background.drain(1000);
    expect((await slow.endings.get(run.id)).counts).toMatchObject({ ended: 3, failed: 0 });
    // Whatever the server did not finish itself was handed on.
    for (const id of slow.scheduled) await server.endings.workOn(id, signal);
    expect((await server.endings.get(run.id)).run.isSettled).toBe(true);
  });

  it('H115: ends what was authorized through a server whose clock is ahead', async () => {
    bench.clock.jumpWall(30 * MINUTE_MS);
    await bench.connect(server, 'drive', 'u_ahead');
    bench.clock.jumpWall(-30 * MINUTE_MS);
    await server.connectorEndings.begin(await remove());
    await server.background.drain(1000);
    expect(await connected('drive', ['u_ahead'])).toBe(0);
    expect(bench.revocations()).toHaveLength(2);
  });

  it('spares whoever authorizes a new connector of the same name', async () => {
    await connectAll(['drive'], people(2));
    const prepared = await remove();
    bench.connectors.put('drive', 'new.example.com');
    await bench.clock.advance(1000);
    const dying = bench.server({
      checkpoint: async () => {
        throw new Error('the process dies here');
      },
    });
    const { id } = await dying.connectorEndings.begin(prepared);
    await bench.clock.advance(1000);
    await bench.connect(server, 'drive', 'u_new');
    await server.endings.workOn(id, signal);
    expect((await server.endings.get(id)).run).toMatchObject({ state: 'completed', ended: 2 });
    expect(await connected('drive', ['u_0', 'u_1', 'u_new'])).toBe(1);
  });

  it('leaves no trace when nobody was connected', async () => {
    await server.connectorEndings.begin(await remove());
    expect(await server.endings.list({ page: 1, perPage: 10 })).toMatchObject({ total: 0 });
  });
});

describe('a person', () => {
  it('F79: who is gone loses every grant by one run, however often the task is tried', async () => {
    await connectAll(['drive', 'mail'], people(2));
    expect(await server.endings.endForPerson('u_1', 'user_removed', signal)).toBe(2);
    expect(await server.endings.endForPerson('u_1', 'user_removed', signal)).toBe(0);
    const { views } = await server.endings.list({ page: 1, perPage: 10, profileUid: 'u_1' });
    expect(views.map(({ run }) => run.reason)).toEqual(['user_removed']);
    expect(await connected('drive', people(2))).toBe(1);
  });

  it('F79: who is gone keeps nothing of what they authorized through a server whose clock is ahead', async () => {
    bench.clock.jumpWall(5 * MINUTE_MS);
    await bench.connect(server, 'drive', 'u_1');
    bench.clock.jumpWall(-5 * MINUTE_MS);
    expect(await server.endings.endForPerson('u_1', 'user_removed', signal)).toBe(1);
    expect(await connected('drive', ['u_1'])).toBe(0);
  });

  it('F79: who was demoted loses the grants of spaces they may no longer use, and no others', async () => {
    const strict = bench.server({ hasAccess: async (_, spaceId) => spaceId !== 'sales' });
    await connectAll(['drive', 'ears'], people(2));
    expect(await strict.endings.endForPerson('u_1', 'access_lost', signal)).toBe(1);
    expect(await connected('ears', people(2))).toBe(1);
    expect(await connected('drive', people(2))).toBe(2);
    expect(await server.endings.endForPerson('u_0', 'access_lost', signal)).toBe(0);
    expect(await server.endings.list({ page: 1, perPage: 10 })).toMatchObject({ total: 1 });
  });
});

describe('old runs', () => {
  it('are forgotten a month after nothing was left to do', async () => {
    await connectAll(['drive'], people(1));
    const { run } = await revoke({ type: 'all' });
    await bench.clock.advance(29 * 24 * 60 * MINUTE_MS);
    await server.endings.sweep(signal);
    expect((await server.endings.get(run.id)).run.isSettled).toBe(true);
    await bench.clock.advance(2 * 24 * 60 * MINUTE_MS);
    await server.endings.sweep(signal);
    await expect(server.endings.get(run.id)).rejects.toMatchObject({ code: 'ending_not_found' });
  });
});
