import { randomBytes } from 'node:crypto';
import type { StoreUnderTest } from '../../../conformance/store_under_test.ts';
import type { DocumentStore } from '../../../store/document_store.ts';
import type { ElasticsearchStoreOptions } from '../connection/index.ts';
import { createElasticsearchStore } from '../elasticsearch_store.ts';

/** More than the 30 s that Elasticsearch is asked to wait at most, so that its own answer says what was missing. */
const TIMEOUT_MS = 40_000;

/** A prefix that no other test has. */
export function anIndexPrefix(): string {
  return `t${randomBytes(6).toString('hex')}_`;
}

/** An empty store of its own in a shared cluster. */
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

/** Asks any node that answers. */
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

/** Removes what a test stored. */
export async function deleteIndices(hosts: readonly string[], indexPrefix: string): Promise<void> {
  const pattern = `${indexPrefix}*`;
  const found = await ask(hosts, 'GET', `/${pattern}/_alias?expand_wildcards=all`);
  const names = Object.keys(found as object);
  if (names.length > 0) await ask(hosts, 'DELETE', `/${names.join(',')}`);
}
