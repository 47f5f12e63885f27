import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SpaceDataHandler } from '../types.ts';
import { ben, Installation, type SpaceProcess } from './deletion_fixture.mock.ts';

let installation: Installation;
let server: SpaceProcess;
beforeEach(async () => {
  installation = await new Installation().prepare();
  server = await installation.start();
});
afterEach(() => installation.close());

const code = (value: string) => ({ attributes: { code: value } });

/** A promise that a test resolves. */
function aDeferred() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/**
 * Creates a space with two documents and deletes it. The request's handler waits until `release`.
 */
async function deletedWithHangingHandler() {
  await server.create('sales');
  for (const row of ['a', 'b']) installation.data.put('sales', row);
  const [called, release] = [aDeferred(), aDeferred()];
  installation.data.before = async () => {
    called.open();
    await release.opened;
  };
  const request = server.delete('sales');
  await called.opened;
  return { request, release: release.open };
}

describe('deleting a space', () => {
  it('removes data and space before the response when this takes little time', async () => {
    await server.create('sales');
    installation.data.put('sales', 'a');
    installation.data.put('other', 'b');
    expect((await server.delete('sales')).status).toBe(204);
    expect([installation.data.in('sales'), installation.data.in('other')]).toEqual([[], ['b']]);
    expect((await server.progress('sales')).body).toMatchObject({
      id: 'sales',
      name: 'Space sales',
      state: 'completed',
      reason: 'requested',
      requested_by: 'ana',
      steps: [
        { id: 'security', removed: {}, remaining: 0 },
        { id: 'fake', removed: { rows: 1 }, remaining: 0 },
      ],
      outstanding: {},
    });
    expect((await server.create('sales')).status).toBe(200);
    expect(await server.enter('sales')).toBe(204);
  });

  it('responds within five seconds, continues in the background, and keeps the space closed meanwhile', async () => {
    const { request, release } = await deletedWithHangingHandler();
    await server.timedOut();
    expect((await request).status).toBe(204);
    expect(await server.enter('sales')).toBe(404);
    expect(await server.get('sales')).toMatchObject({ status: 404, body: code('space_not_found') });
    expect((await server.list()).body.map(({ id }) => id)).toEqual(['default']);
    expect(await server.create('sales')).toMatchObject({
      status: 409,
      body: code('space_being_deleted'),
    });
    expect((await server.progress('sales')).body).toMatchObject({ state: 'running' });
    expect(server.scheduled).toEqual(['sales']);
    release();
    await server.runDeletion('sales');
    expect((await server.progress('sales')).body).toMatchObject({ state: 'completed' });
    expect((await server.create('sales')).status).toBe(200);
  });

  it('is seen immediately in another process by `isOpen`, despite the cache', async () => {
    const other = await installation.start();
    await server.create('sales');
    expect([await other.enter('sales'), await other.spaces.isOpen('sales')]).toEqual([204, true]);
    const { request, release } = await deletedWithHangingHandler();
    expect(await other.spaces.isOpen('sales')).toBe(false);
    release();
    await request;
  });

  it('is visible to security in every process, from its start to its end', async () => {
    const other = await installation.start();
    const read = () => other.securitySetup.readSpaceDeletion('sales');
    expect(await read()).toEqual({ isBeingDeleted: false, lastDeletion: undefined });
    const { request, release } = await deletedWithHangingHandler();
    const during = await read();
    expect(during).toEqual({ isBeingDeleted: true, lastDeletion: expect.any(String) });
    release();
    await request;
    expect(await read()).toEqual({ ...during, isBeingDeleted: false });
    await server.create('sales');
    expect(await read()).toEqual({ ...during, isBeingDeleted: false });
  });

  it('is retried when a handler fails, and does not reveal the reason to clients', async () => {
    await server.create('sales');
    installation.data.put('sales', 'a');
    installation.data.before = async () => {
      throw new Error('canary of a cause');
    };
    const response = await server.delete('sales');
    expect([response.status, response.text]).toEqual([204, '']);
    const progress = await server.progress('sales');
    expect(progress.body).toMatchObject({
      state: 'running',
      steps: [{ id: 'security' }, { id: 'fake', error: 'unexpected' }],
    });
    expect(progress.text).not.toContain('canary');
    expect((await server.delete('sales')).status).toBe(204);
    installation.data.before = async () => undefined;
    expect(await server.runDeletion('sales')).toBeUndefined();
    expect(installation.data.in('sales')).toEqual([]);
    expect((await server.progress('sales')).body).toMatchObject({
      state: 'completed',
      steps: [{ id: 'security' }, { id: 'fake', removed: { rows: 1 } }],
    });
  });

  it('waits for unfinished work of other processes', async () => {
    let remaining = 1;
    const slow: SpaceDataHandler = {
      id: 'slow',
      types: ['slow'],
      deleteData: async () => ({ removed: {}, remaining }),
      countData: async () => ({}),
    };
    const process = await installation.start([slow]);
    await process.create('sales');
    expect((await process.delete('sales')).status).toBe(204);
    expect(await process.runDeletion('sales')).toEqual({
      runAt: new Date(installation.clock.now() + 10_000),
    });
    expect((await process.create('sales')).status).toBe(409);
    remaining = 0;
    expect(await process.runDeletion('sales')).toBeUndefined();
    expect((await process.create('sales')).status).toBe(200);
  });

  it('is resumed by another process after a crash', async () => {
    const { request, release } = await deletedWithHangingHandler();
    const other = await installation.start();
    installation.data.before = async () => undefined;
    await installation.clock.advance(10_000);
    await request;
    await other.resume();
    expect(other.scheduled).toEqual(['sales']);
    await other.runDeletion('sales');
    expect(installation.data.in('sales')).toEqual([]);
    expect((await other.create('sales')).status).toBe(200);
    release();
  });

  it('never removes a new space with the same id, even if a process was paused during the old deletion', async () => {
    const { request, release } = await deletedWithHangingHandler();
    const other = await installation.start();
    installation.data.before = async () => undefined;
    await installation.clock.advance(10_000);
    await request;
    await other.runDeletion('sales');
    expect((await other.create('sales')).status).toBe(200);
    installation.data.put('sales', 'a');
    release();
    await server.stop();
    expect(installation.data.in('sales')).toEqual(['a']);
    expect(await other.spaces.isOpen('sales')).toBe(true);
    expect((await other.progress('sales')).body).toMatchObject({ state: 'completed' });
  });

  it('shows its progress only to managers, and nothing about spaces that were never deleted', async () => {
    await server.create('sales');
    expect(await server.progress('sales')).toMatchObject({
      status: 404,
      body: code('deletion_not_found'),
    });
    await server.delete('sales');
    installation.data.outstanding = 2;
    expect((await server.progress('sales')).body).toMatchObject({
      outstanding: { revocations: 2 },
    });
    expect((await server.progress('sales', ben)).status).toBe(403);
  });

  it('has no progress record a month after its end', async () => {
    await server.create('sales');
    await server.delete('sales');
    await installation.clock.advance(31 * 24 * 3_600_000);
    await server.resume();
    expect((await server.progress('sales')).status).toBe(404);
  });
});

describe('data of a space that no longer exists', () => {
  it('is removed like data of a deleted space, and the id cannot be used until then', async () => {
    installation.data.put('lost', 'a');
    installation.data.put('default', 'b');
    await server.create('sales');
    installation.data.put('sales', 'c');
    await server.findOrphans();
    expect(server.scheduled).toEqual(['lost']);
    expect((await server.create('lost')).status).toBe(409);
    expect(
      server.logger.lines.some(({ message }) => message.includes('[lost] no longer exists')),
    ).toBe(true);
    await server.runDeletion('lost');
    const left = ['lost', 'default', 'sales'].map((id) => installation.data.in(id));
    expect(left).toEqual([[], ['b'], ['c']]);
    expect((await server.progress('lost')).body).toMatchObject({
      state: 'completed',
      reason: 'orphaned',
    });
    expect((await server.create('lost')).status).toBe(200);
  });

  it('is searched for at every start', () => {
    expect(server.taskManager.calls).toContainEqual({
      method: 'runSoon',
      taskId: 'Spaces-spaces:delete_orphaned_data',
    });
  });
});

describe('the preview of a deletion', () => {
  it('returns the numbers of all handlers and changes nothing', async () => {
    await server.create('sales');
    for (const row of ['a', 'b']) installation.data.put('sales', row);
    installation.data.put('other', 'c');
    expect(await server.preview('sales')).toMatchObject({
      status: 200,
      body: { id: 'sales', name: 'Space sales', counts: { roles: 0, api_keys: 0, rows: 2 } },
    });
    expect(installation.data.in('sales')).toEqual(['a', 'b']);
    expect(await server.enter('sales')).toBe(204);
  });

  it('is refused with 403 for users who do not manage spaces', async () => {
    await server.create('sales');
    expect((await server.preview('sales', ben)).status).toBe(403);
  });

  it.each(['nowhere', 'sales'])(
    'does not exist for the missing or deleted space %s',
    async (id) => {
      await server.create('sales');
      await server.delete('sales');
      expect(await server.preview(id)).toMatchObject({
        status: 404,
        body: code('space_not_found'),
      });
    },
  );
});

describe('the handlers of a deletion', () => {
  it.each([
    [{ id: 'fake', types: ['y'] }, '[fake] is registered twice'],
    [{ id: 'x', types: ['fake'] }, 'both name the saved-object type [fake]'],
  ])('are refused at registration when they are %j', async (over, words) => {
    const deleteData = async () => ({ removed: {}, remaining: 0 });
    const countData = async () => ({});
    await expect(installation.start([{ deleteData, countData, ...over }])).rejects.toThrow(words);
  });
});
