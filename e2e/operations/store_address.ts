import { join } from 'node:path';
import { z } from 'zod';
import { aDataPath } from '../support/start_server.ts';

/** Where a store is, for tests below the level of whole servers: a file of its own, or indices on a node. */
export type StoreAddress =
  | string
  | { readonly hosts: readonly string[]; readonly indexPrefix: string };

const settings = z.object({
  'elasticsearch.hosts': z.array(z.string()),
  'elasticsearch.indexPrefix': z.string(),
});

/** What the settings of an installation point at; without any, a new SQLite file. */
export function addressOf(of: Readonly<Record<string, unknown>>): StoreAddress {
  const parsed = settings.safeParse(of);
  if (!parsed.success) return join(aDataPath(), 'store.sqlite');
  const { 'elasticsearch.hosts': hosts, 'elasticsearch.indexPrefix': indexPrefix } = parsed.data;
  return { hosts, indexPrefix };
}
