import { describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../service/test_service.mock.ts';
import { aNoteType } from '../types/saved_objects_type.mock.ts';
import { createEncryptionMock, DAMAGED } from './encryption.mock.ts';

interface Note {
  readonly title: string;
  readonly owner?: string;
  readonly rank?: number;
  readonly secret?: string;
  readonly otherSecret?: string;
}

const encryption = createEncryptionMock({
  note: { encrypted: ['secret', 'otherSecret'], bound: ['owner'] },
});
const PLAIN = { title: 'x', owner: 'ann', secret: 'canary-1', otherSecret: 'canary-2' };

async function setUp(): Promise<TestService> {
  const started = await startTestService({ types: [aNoteType()], encryption });
  await started.repository.create<Note>('note', PLAIN, { id: 'a' });
  return started;
}

const stored = async ({ store }: TestService) => {
  const [document] = await store.getMany(['note:a'], 'note');
  if (document === undefined) throw new Error('The note does not exist.');
  return document;
};

async function damage(started: TestService, attributes: Partial<Note>): Promise<void> {
  const document = await stored(started);
  await started.store.put({
    ...document,
    attributes: { ...document.attributes, ...attributes },
  });
}

describe('encrypted attributes', () => {
  it('never reach the store in plaintext', async () => {
    const started = await setUp();
    await started.repository.update<Note>('note', 'a', { secret: 'canary-3' });
    expect(JSON.stringify(await stored(started))).not.toContain('canary');
  });

  it('are left out of a plain read and decrypted on request', async () => {
    const { repository } = await setUp();
    expect((await repository.get('note', 'a')).attributes).toStrictEqual({
      title: 'x',
      owner: 'ann',
    });
    const decrypted = await repository.get('note', 'a', { decrypt: true });
    expect(decrypted.attributes).toStrictEqual(PLAIN);
    const [bulk] = await repository.bulkGet([{ type: 'note', id: 'a' }], { decrypt: true });
    expect(bulk?.attributes).toStrictEqual(PLAIN);
  });

  it('are kept by an update of other attributes', async () => {
    const { repository } = await setUp();
    const updated = await repository.update<Note>('note', 'a', { rank: 1 });
    expect(updated.attributes).toStrictEqual({ ...PLAIN, rank: 1 });
    const read = await repository.get('note', 'a', { decrypt: true });
    expect(read.attributes).toStrictEqual({ ...PLAIN, rank: 1 });
  });

  it('are encrypted again when an attribute they are bound to changes', async () => {
    const { repository } = await setUp();
    await repository.update<Note>('note', 'a', { owner: 'bob' });
    const read = await repository.get<Note>('note', 'a', { decrypt: true });
    expect(read.attributes).toMatchObject({ owner: 'bob', secret: 'canary-1' });
  });

  it('can be removed', async () => {
    const { repository } = await setUp();
    await repository.update<Note>('note', 'a', { secret: undefined });
    const read = await repository.get('note', 'a', { decrypt: true });
    expect(read.attributes).toStrictEqual({ title: 'x', owner: 'ann', otherSecret: 'canary-2' });
  });

  it('fail a decrypting read when they are damaged, but not a plain read', async () => {
    const started = await setUp();
    await damage(started, { secret: DAMAGED });
    const read = started.repository.get('note', 'a', { decrypt: true });
    await expect(read).rejects.toMatchObject({ code: 'undecryptable' });
    await expect(started.repository.get('note', 'a')).resolves.toBeDefined();
  });

  it('cannot be decrypted when an attribute they are bound to was changed in the store', async () => {
    const started = await setUp();
    await damage(started, { owner: 'mallory' });
    const read = started.repository.get('note', 'a', { decrypt: true });
    await expect(read).rejects.toMatchObject({ code: 'undecryptable' });
  });

  it('fail an update that would keep a damaged attribute, and the object stays unchanged', async () => {
    const started = await setUp();
    await damage(started, { secret: DAMAGED });
    const before = await stored(started);
    for (const patch of [{ rank: 1 }, { otherSecret: 'new' }]) {
      const update = started.repository.update<Note>('note', 'a', patch);
      await expect(update).rejects.toMatchObject({ code: 'undecryptable' });
    }
    expect(await stored(started)).toEqual(before);
  });

  it('can be repaired by an update that sets or removes all of them', async () => {
    const started = await setUp();
    await damage(started, { secret: DAMAGED, otherSecret: DAMAGED });
    const patch = { secret: 'fresh', otherSecret: undefined };
    const updated = await started.repository.update<Note>('note', 'a', patch);
    const repaired = { title: 'x', owner: 'ann', secret: 'fresh' };
    expect(updated.attributes).toStrictEqual(repaired);
    const read = await started.repository.get('note', 'a', { decrypt: true });
    expect(read.attributes).toStrictEqual(repaired);
  });
});
