import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { createFacts } from './create_facts.ts';

const WRITTEN = pathToFileURL(
  join(ROOT, 'packages/connector-specs/connectors/airtable/vendor_api/documented.ts'),
).href;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'latchkey-facts-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Writes a manifest without a package, and creates the facts of Airtable's operations from it. */
async function factsOf(added: string) {
  const text = `import { documented } from '${WRITTEN}';
export const manifest = { origins: ['https://api.airtable.com'], basePath: '/v0', added: ${added} };
`;
  await writeFile(join(folder, 'manifest.ts'), text);
  return createFacts('airtable', folder);
}

it('the facts of a vendor without a package are those that its manifest adds', async () => {
  const facts = await factsOf('documented');
  expect(Object.keys(facts)).toEqual(['basePath', 'operations']);
  expect(facts.operations['GET /meta/bases']).toMatchObject({
    parameters: [{ in: 'query', name: 'offset' }],
  });
});

it('an operation that neither a package nor the manifest describes is refused by its route', async () => {
  await expect(factsOf('{}')).rejects.toThrow(
    /has no path of \[.*\]: write the operation into added or sameAs of the manifest/,
  );
});
