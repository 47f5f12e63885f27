import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { respond } from '../http/index.ts';
import { createCoreSetupDouble } from './core_setup.mock.ts';

const attributes = z.strictObject({ name: z.string() });

it('a plugin in a test can store saved objects and serve requests as in a server', async () => {
  const double = createCoreSetupDouble<object, { readonly greeting: string }>();
  double.core.savedObjects.registerType({
    name: 'note',
    namespaceType: 'agnostic',
    hidden: false,
    mappings: { properties: {} },
    modelVersions: {
      1: { changes: [], schemas: { create: attributes, forwardCompatibility: attributes } },
    },
  });
  double.core.http
    .createRouter()
    .handle(
      { method: 'get', path: '/api/note/{id}', access: 'public', summary: 'Read a note' },
      async () => {
        const [core, , own] = await double.core.getStartServices();
        const note = await core.savedObjects.createRepository().get<{ name: string }>('note', 'n1');
        return respond.ok({ greeting: own.greeting, name: note.attributes.name });
      },
    );
  const core = await double.start();
  await core.savedObjects.createRepository().create('note', { name: 'milk' }, { id: 'n1' });
  double.provideStartServices({}, { greeting: 'hello' });
  const response = await double.inject({ method: 'GET', url: '/api/note/n1' });
  expect(response.body).toEqual({ greeting: 'hello', name: 'milk' });
  await double.close();
});
