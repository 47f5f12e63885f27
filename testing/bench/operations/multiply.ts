import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as delay } from 'node:timers/promises';
import type { StoreLocation } from '@latchkey/test-environment';
import { z } from 'zod';
import type { Kind } from './fill.ts';

const MARK = 'copy_';
const BULK_SIZE = 2_000;
/**
 * Timeout in milliseconds. A node whose heap is full refuses requests until it has collected
 * garbage.
 */
const TIMEOUT_MS = 60_000;
const PAUSE_MS = 500;
const CREATED = 201;
const EXISTS = 409;
const TOO_MANY = 429;

/**
 * Copies the documents of a kind, with random keys and owners, until there are `count`. The copies
 * are made directly in the store, because a million encrypted writes take most of an hour, and no
 * measured code decrypts a copy. The size and the index entries of a copy are those of a real
 * document.
 */
export async function multiply(location: StoreLocation, kind: Kind, count: number): Promise<void> {
  if (location.kind === 'sqlite')
    multiplyRows(join(location.dataFolder, 'latchkey.sqlite'), kind, count);
  else await multiplyDocuments(location, kind, count);
}

function multiplyRows(path: string, { type, owner }: Kind, count: number): void {
  const db = new DatabaseSync(path);
  // All copies are made in one transaction in memory. A crash may lose them, because they are
  // deleted at the end anyway.
  db.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -3000000; PRAGMA wal_autocheckpoint = 0');
  const table = `"so_${type}"`;
  const size = Number(db.prepare(`SELECT COUNT(*) AS n FROM ${table}`).get()?.['n']);
  const attributes =
    owner === undefined
      ? 'attributes'
      : `json_set(attributes, '$.${owner}', '${MARK}' || lower(hex(randomblob(8))))`;
  const copy = db.prepare(
    `INSERT INTO ${table} SELECT '${type}:' || lower(hex(randomblob(22))), namespace, ${attributes}, refs, model_version, created_at, updated_at, version
     FROM ${table} WHERE rowid <= (SELECT MIN(rowid) FROM ${table}) + ? LIMIT ?`,
  );
  db.exec('BEGIN');
  for (let have = size; have < count; have += size) {
    copy.run(size - 1, Math.min(size, count - have));
  }
  db.exec('COMMIT');
  db.exec('PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
}

const page = z.object({
  hits: z.object({ hits: z.array(z.object({ _source: z.record(z.string(), z.unknown()) })) }),
});

const bulkResponse = z.object({
  items: z.array(z.object({ create: z.object({ status: z.number() }) })),
});

async function multiplyDocuments(
  { hosts, indexPrefix }: Extract<StoreLocation, { readonly kind: 'elasticsearch' }>,
  { type, owner }: Kind,
  count: number,
): Promise<void> {
  const ask = async (method: string, path: string, body?: string): Promise<unknown> => {
    const response = await untilTaken(() =>
      fetch(`${hosts[0]}/${indexPrefix}${type}${path}`, {
        method,
        headers: { 'content-type': 'application/x-ndjson' },
        ...(body === undefined ? {} : { body }),
      }),
    );
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  };
  await ask('POST', '/_refresh');
  const { total } = z.object({ total: z.number() }).parse({
    total: z.object({ count: z.number() }).parse(await ask('GET', '/_count')).count,
  });
  const found = await ask('GET', `/_search?size=${BULK_SIZE}`);
  const templates = page.parse(found).hits.hits.map(({ _source }) => _source);
  for (let have = total; have < count; have += templates.length) {
    const lines = templates.slice(0, count - have).flatMap((template) => {
      const key = `${type}:${randomBytes(22).toString('hex')}`;
      const source = { ...template, key, ...ownerOf(template, owner) };
      return [JSON.stringify({ create: { _id: key } }), JSON.stringify(source)];
    });
    const { items } = bulkResponse.parse(await ask('POST', '/_bulk', `${lines.join('\n')}\n`));
    // If a document already exists, an earlier request wrote it, although its response was a
    // refusal.
    const refused = items.find(({ create: { status } }) => status !== CREATED && status !== EXISTS);
    if (refused !== undefined)
      throw new Error(`Elasticsearch refused a document of /_bulk: ${JSON.stringify(refused)}`);
  }
  await ask('POST', '/_refresh');
}

async function untilTaken(send: () => Promise<Response>): Promise<Response> {
  const end = performance.now() + TIMEOUT_MS;
  for (;;) {
    const response = await send();
    if (response.status !== TOO_MANY || performance.now() > end) return response;
    await response.body?.cancel();
    await delay(PAUSE_MS);
  }
}

function ownerOf(
  template: Readonly<Record<string, unknown>>,
  owner: string | undefined,
): Readonly<Record<string, unknown>> {
  if (owner === undefined) return {};
  const name = `${MARK}${randomBytes(8).toString('hex')}`;
  const attributes: unknown = JSON.parse(String(template['attributes']));
  return {
    attributes: JSON.stringify({ ...(attributes as object), [owner]: name }),
    fields: { ...(template['fields'] as object), [owner]: [name] },
  };
}
