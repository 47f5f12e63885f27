import { randomBytes } from 'node:crypto';
import type { Reply } from '@latchkey/test-proxy';
import type { StoreUnderTest } from '../../../conformance/store_under_test.ts';
import type { DocumentStore } from '../../../store/document_store.ts';
import type { ElasticsearchStoreOptions } from '../connection/index.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';

/**
 * Request timeout in milliseconds. Requests ask Elasticsearch to wait 30 s, so this is longer, and
 * the response of Elasticsearch contains the reason.
 */
const TIMEOUT_MS = 40_000;

/** Returns a unique prefix for the indices of one test. */
export function anIndexPrefix(): string {
  return `t${randomBytes(6).toString('hex')}_`;
}

/** Creates an empty store for one test in a shared cluster. */
export async function createEmptyStore(hosts: readonly string[]): Promise<StoreUnderTest> {
  const options: ElasticsearchStoreOptions = { hosts, indexPrefix: anIndexPrefix() };
  const store = createElasticsearchStore(options);
  return {
    store,
    reopen: async (): Promise<DocumentStore> => createElasticsearchStore(options),
    cleanup: async () => {
      await store.close();
      await deleteIndices(hosts, options.indexPrefix ?? '');
    },
  };
}

/**
 * Sends a request to the first reachable node and returns the parsed response.
 * @throws Error when the request fails on every node
 */
export async function ask(
  hosts: readonly string[],
  method: string,
  path: string,
  body?: object,
): Promise<unknown> {
  let failure: unknown;
  for (const host of hosts) {
    try {
      const response = await fetch(`${host}${path}`, {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/**
 * Returns a refusal in the format of Elasticsearch. Its client accepts no response without this
 * header.
 */
export function refusal(status: number, error: object): Reply {
  const headers = { 'x-elastic-product': 'Elasticsearch' };
  return { status, headers, body: { error, status } };
}

/** Deletes the indices of a test. */
export async function deleteIndices(hosts: readonly string[], indexPrefix: string): Promise<void> {
  const pattern = `${indexPrefix}*`;
  const found = await ask(hosts, 'GET', `/${pattern}/_alias?expand_wildcards=all`);
  const names = Object.keys(found as object);
  if (names.length > 0) await ask(hosts, 'DELETE', `/${names.join(',')}`);
}
