import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestService } from '../service/test_service.mock.ts';
import { StoreError } from '../store/store_error.ts';
import { aModelVersion, aNoteType } from '../types/saved_objects_type.mock.ts';

const agnostic = aNoteType({ name: 'global', namespaceType: 'agnostic' });
const single = aNoteType({ name: 'draft', namespaceType: 'single' });
const setUp = () => startTestService({ types: [aNoteType(), agnostic, single] });

describe('creating an object', () => {
  it('stores an object that a read returns unchanged', async () => {
    const { repository } = await setUp();
    const references = [{ name: 'parent', type: 'note', id: 'p' }];
    const created = await repository.create('note', { title: 'x' }, { id: 'a', references });
    expect(created).toMatchObject({
      type: 'note',
      id: 'a',
      namespace: 'default',
      attributes: { title: 'x' },
      references,
      createdAt: new Date('2030-01-01T00:00:00Z'),
      updatedAt: new Date('2030-01-01T00:00:00Z'),
    });
    expect(await repository.get('note', 'a')).toEqual(created);
  });

  it('generates an id when none is given', async () => {
    const { repository } = await setUp();
    const { id } = await repository.create('note', { title: 'x' });
    expect(id).toBe('uuid-1');
  });

  it('rejects an id that exists, even in a space that the caller cannot see', async () => {
    const { repository } = await setUp();
    await repository.create('note', { title: 'x' }, { id: 'a', namespace: 'team' });
    for (const options of [{ namespace: 'team' }, {}, { overwrite: true }]) {
      const again = repository.create('note', { title: 'y' }, { id: 'a', ...options });
      await expect(again).rejects.toMatchObject({ code: 'conflict' });
    }
    const kept = await repository.get('note', 'a', { namespace: 'team' });
    expect(kept.attributes).toEqual({ title: 'x' });
  });

  it('allows the same id in two spaces when ids are unique per space', async () => {
    const { repository } = await setUp();
    await repository.create('draft', { title: 'x' }, { id: 'a', namespace: 'team' });
    await repository.create('draft', { title: 'y' }, { id: 'a' });
    expect((await repository.get('draft', 'a')).attributes).toEqual({ title: 'y' });
  });

  it.each(['note', 'global', 'draft'])(
    'replaces an object of the type [%s] when asked to overwrite it',
    async (type) => {
      const { repository } = await setUp();
      const first = await repository.create(type, { title: 'x', owner: 'o' }, { id: 'a' });
      const second = await repository.create(type, { title: 'y' }, { id: 'a', overwrite: true });
      expect(second.version).not.toBe(first.version);
      expect((await repository.get(type, 'a')).attributes).toEqual({ title: 'y' });
    },
  );

  it.each([
    ['note', 'unavailable', 'store_unavailable'],
    ['global', 'unavailable', 'store_unavailable'],
    ['global', 'conflict', 'conflict'],
  ] as const)(
    'with overwrite for the type [%s] fails, when the store reports %s, with the code %s',
    async (type, code, reported) => {
      const { repository, store } = await setUp();
      store.put = () => Promise.reject(new StoreError(code, 'No.'));
      await expect(
        repository.create(type, { title: 'y' }, { id: 'a', overwrite: true }),
      ).rejects.toMatchObject({ name: 'SavedObjectError', code: reported });
    },
  );

  it('ignores the namespace for agnostic types', async () => {
    const { repository } = await setUp();
    await repository.create('global', { title: 'x' }, { id: 'a', namespace: 'team' });
    expect(await repository.get('global', 'a', { namespace: 'other' })).toMatchObject({
      namespace: undefined,
    });
  });

  it.each([
    [{ title: 5 }, 'title'],
    [{}, 'title'],
    [{ title: 'canary-value'.repeat(20) }, 'title'],
    [{ title: 'x', place: { city: { nested: 'canary-value' } } }, 'place.city'],
    [{ title: 'x', tags: ['ok', { a: 'canary-value' }] }, 'tags.1'],
    [{ title: 'x', unknown: 'canary-value' }, 'unknown'],
    [{ title: 'x', place: { city: 'x', zip: 'canary-value' } }, 'place.zip'],
  ])(
    'refuses the attributes %j with an error that names [%s] but contains no value',
    async (attributes, attribute) => {
      const { repository } = await setUp();
      const creation = repository.create('note', attributes, { id: 'a' });
      const error = await creation.catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: 'invalid_attributes',
        message: expect.stringContaining(`[${attribute}]`),
        details: { type: 'note', id: 'a', attribute },
      });
      expect(String(error)).not.toContain('canary-value');
      expect(await repository.getIfExists('note', 'a')).toBeUndefined();
    },
  );

  it('does not include a value that the error message of a schema contains', async () => {
    const create = z.strictObject({
      title: z.string().refine(() => false, { error: ({ input }) => `bad: ${String(input)}` }),
    });
    const schemas = { create, forwardCompatibility: create };
    const type = aNoteType({ modelVersions: { 1: aModelVersion({ schemas }) } });
    const { repository } = await startTestService({ types: [type] });
    const creation = repository.create('note', { title: 'canary-value' });
    const error = await creation.catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'invalid_attributes' });
    expect(String(error)).not.toContain('canary-value');
  });

  it('refuses unknown attributes, even when the schema drops them silently', async () => {
    const create = z.object({ title: z.string() });
    const schemas = { create, forwardCompatibility: create };
    const type = aNoteType({ modelVersions: { 1: aModelVersion({ schemas }) } });
    const { repository } = await startTestService({ types: [type] });
    const creation = repository.create('note', { title: 'x', extra: 1 });
    await expect(creation).rejects.toMatchObject({ details: { attribute: 'extra' } });
  });

  it('stores the defaults of the schema and leaves out undefined attributes', async () => {
    const create = z.strictObject({
      kind: z.string().default('plain'),
      note: z.string().optional(),
    });
    const schemas = { create, forwardCompatibility: create };
    const type = aNoteType({ modelVersions: { 1: aModelVersion({ schemas }) } });
    const { repository } = await startTestService({ types: [type] });
    const created = await repository.create('note', { note: undefined }, { id: 'a' });
    expect(created.attributes).toStrictEqual({ kind: 'plain' });
    expect((await repository.get('note', 'a')).attributes).toStrictEqual({ kind: 'plain' });
  });

  it.each(['', 'x'.repeat(513), 'new\nline', 'nul\u0000', 'del\u007f', 'half \ud800 pair'])(
    'refuses the id %j',
    async (id) => {
      const { repository } = await setUp();
      const creation = repository.create('note', { title: 'x' }, { id });
      await expect(creation).rejects.toMatchObject({ details: { attribute: 'id' } });
    },
  );

  it.each(['', '*', 'a:b', 'x'.repeat(65), 'a\u0000'])('refuses the namespace %j', async (name) => {
    const { repository } = await setUp();
    const creation = repository.create('draft', { title: 'x' }, { namespace: name });
    await expect(creation).rejects.toMatchObject({ details: { attribute: 'namespace' } });
  });
});
