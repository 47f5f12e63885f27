import { join } from 'node:path';
import { aDataPath } from '@latchkey/test-environment';
import { z } from 'zod';

/**
 * Location of a store for tests without whole servers: path of a SQLite file, or indices on a node.
 */
export type StoreAddress =
  | string
  | { readonly hosts: readonly string[]; readonly indexPrefix: string };

const settings = z.object({
  'elasticsearch.hosts': z.array(z.string()),
  'elasticsearch.indexPrefix': z.string(),
});

/** Store of an installation's settings; a new SQLite file when they name none. */
export function addressOf(of: Readonly<Record<string, unknown>>): StoreAddress {
  const parsed = settings.safeParse(of);
  if (!parsed.success) return join(aDataPath(), 'store.sqlite');
  const { 'elasticsearch.hosts': hosts, 'elasticsearch.indexPrefix': indexPrefix } = parsed.data;
  return { hosts, indexPrefix };
}
