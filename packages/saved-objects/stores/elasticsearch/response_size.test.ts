import { describe, expect, it } from 'vitest';
import type { ClusterClient } from './connection/index.ts';
import { DocumentAccess, SUMMARY_SOURCE } from './document_access.ts';
import { iterateDocuments } from './iterate.ts';
import type { TypeIndex } from './type_index.ts';

const COUNT = 50;

const anIndex = (...largeAttributes: readonly string[]): TypeIndex => ({
  type: 'run',
  alias: 'test-run',
  mappings: {},
  mappedSince: {},
  newest: 1,
  largeAttributes,
});

interface Body {
  readonly docs?: readonly object[];
  readonly size?: number;
}

/**
 * Creates a client that records the bodies of requests.
 * @param attributes returns the stored attributes of each document that is read
 */
function aClient(attributes: () => string = () => '{}') {
  const bodies: Body[] = [];
  const client = {
    options: { requestTimeoutMs: 30_000 },
    repeat: <T>(work: () => Promise<T>) => work(),
    attempt: async ({ body }: { readonly body: Body }) => {
      bodies.push(body);
      const found = { found: true, _source: { attributes: attributes() } };
      return { status: 200, body: { docs: (body.docs ?? []).map(() => found) } };
    },
    request: async ({ body }: { readonly body?: Body }) => {
      if (body?.size !== undefined) bodies.push(body);
      return { status: 200, body: { hits: { hits: [] } } };
    },
  } as unknown as ClusterClient;
  return { client, access: new DocumentAccess(client), bodies };
}

const keys = Array.from({ length: COUNT }, (_, index) => `key-${index}`);

describe('one response of Elasticsearch', () => {
  it('has at most 20 documents whose size is unknown, or that have large attributes', async () => {
    const { access, bodies } = aClient();
    const read = (): Promise<unknown> =>
      Promise.all(keys.map((key) => access.read(anIndex('records'), key)));
    await read();
    await read();
    expect(bodies.map(({ docs }) => docs?.length)).toEqual([20, 20, 10, 20, 20, 10]);
  });

  it('has as many documents as fit into 20 MB if they are as large as the documents read before', async () => {
    let characters = 100;
    const { access, bodies } = aClient(() => 'x'.repeat(characters));
    const read = (): Promise<unknown> =>
      Promise.all(keys.map((key) => access.read(anIndex(), key)));
    await read();
    await read();
    expect(bodies.map(({ docs }) => docs?.length)).toEqual([20, 20, 10, COUNT]);
    characters = 2 * 1024 * 1024;
    await access.read(anIndex(), 'large');
    await read();
    expect(bodies.slice(5).map(({ docs }) => docs?.length)).toEqual([10, 10, 10, 10, 10]);
  });

  it('has all requested summaries, whatever their number', async () => {
    const { access, bodies } = aClient();
    await Promise.all(keys.map((key) => access.read(anIndex('records'), key, SUMMARY_SOURCE)));
    expect(bodies.map(({ docs }) => docs?.length)).toEqual([COUNT]);
  });

  it.each([
    { of: 'whole documents that may be large', index: anIndex('records'), size: 20 },
    { of: 'small documents', index: anIndex(), size: 500 },
  ])('has at most $size documents in an iteration over $of', async ({ index, size }) => {
    const context = aClient();
    const iteration = iterateDocuments(context, [index], { types: ['run'], batchSize: 500 });
    for await (const _ of iteration) throw new Error('There are no documents.');
    expect(context.bodies.at(-1)?.size).toBe(size);
  });
});
