import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Installation } from '@latchkey/test-environment';
import { askNode } from '@latchkey/test-environment';
import { z } from 'zod';

/** Maximum number of documents that Elasticsearch returns in one page. */
const MAX_DOCUMENTS = 10_000;

const found = z.object({
  _shards: z.object({ failed: z.number() }),
  hits: z.object({ total: z.object({ value: z.number() }), hits: z.array(z.unknown()) }),
});

/**
 * Returns everything that an attacker with the stored data of an installation could read. SQLite:
 * the bytes of its files, including deleted data and the write-ahead log. Elasticsearch: every
 * document of every index, with settings and mappings.
 */
export async function everythingStored({
  dataPath,
  settings,
}: Pick<Installation, 'dataPath' | 'settings'>): Promise<string> {
  const hosts = settings['elasticsearch.hosts'];
  return Array.isArray(hosts)
    ? everyDocument(String(hosts[0]), `${String(settings['elasticsearch.indexPrefix'])}*`)
    : everyDatabaseFile(dataPath);
}

function everyDatabaseFile(dataPath: string): string {
  const names = readdirSync(dataPath).filter((name) => name.includes('.sqlite'));
  for (const name of ['latchkey.sqlite', 'latchkey.sqlite-wal'])
    if (!names.includes(name)) throw new Error(`No ${name} among ${names.join(', ')}`);
  return names.map((name) => readFileSync(join(dataPath, name)).toString('latin1')).join('\n');
}

/**
 * Returns the documents, settings and mappings of the indices as JSON.
 * @throws Error when the response lacks some documents
 */
async function everyDocument(url: string, indices: string): Promise<string> {
  const all = 'expand_wildcards=all';
  await askNode(url, 'POST', `/${indices}/_refresh?${all}`);
  const description = await askNode(url, 'GET', `/${indices}?${all}`);
  const documents = await askNode(url, 'POST', `/${indices}/_search?${all}`, {
    size: MAX_DOCUMENTS,
    track_total_hits: true,
    query: { match_all: {} },
  });
  const { _shards, hits } = found.parse(documents);
  if (_shards.failed > 0 || hits.hits.length !== hits.total.value)
    throw new Error(`Read ${hits.hits.length} of ${hits.total.value} documents`);
  return JSON.stringify({ description, documents });
}
