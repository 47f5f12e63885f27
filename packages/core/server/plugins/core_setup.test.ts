import { expect, it } from 'vitest';
import { z } from 'zod';
import { respond } from '../http/index.ts';
import { createCoreSetupMock } from './core_setup.mock.ts';

const attributes = z.strictObject({ name: z.string() });

it('a plugin in a test can store saved objects and serve requests as in a server', async () => {
  const mock = createCoreSetupMock<object, { readonly greeting: string }>();
  mock.core.savedObjects.registerType({
    name: 'note',
    namespaceType: 'agnostic',
    hidden: false,
    mappings: { properties: {} },
    modelVersions: {
      1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
    },
  });
  mock.core.http
    .createRouter()
    .handle(
      { method: 'get', path: '/api/note/{id}', access: 'public', summary: 'Read a note' },
      async () => {
        const [core, , own] = await mock.core.getStartServices();
        const note = await core.savedObjects.createRepository().get<{ name: string }>('note', 'n1');
        return respond.ok({ greeting: own.greeting, name: note.attributes.name });
      },
    );
  const core = await mock.start();
  await core.savedObjects.createRepository().create('note', { name: 'milk' }, { id: 'n1' });
  mock.provideStartServices({}, { greeting: 'hello' });
  const response = await mock.inject({ method: 'GET', url: '/api/note/n1' });
  expect(response.body).toEqual({ greeting: 'hello', name: 'milk' });
  await mock.close();
});
