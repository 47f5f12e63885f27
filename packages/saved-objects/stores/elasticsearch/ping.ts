import { z } from 'zod';
import { StoreError } from '../../store/store_error.ts';
import type { ClusterClient } from './connection/index.ts';
import { probeIndex, type TypeIndex } from './type_index.ts';

/** Index blocks that prevent reads or writes. */
const BLOCKS = ['read_only', 'read_only_allow_delete', 'read', 'write'] as const;

const healthResponse = z.object({
  status: z.string(),
  indices: z.record(z.string(), z.object({ status: z.string() })).optional(),
});
const settingsResponse = z.record(
  z.string(),
  z.object({ settings: z.record(z.string(), z.unknown()) }),
);

/**
 * Checks that reads and writes work. It checks the index of every type, because a full disk blocks
 * only the indices that have a copy on it. A test write detects blocks of the whole cluster.
 * @throws StoreError `unavailable`
 */
export async function pingCluster(
  client: ClusterClient,
  indices: readonly TypeIndex[],
): Promise<void> {
  const { pingTimeoutMs: timeoutMs, indexPrefix, hosts } = client.options;
  // These are enough retries to reach the only node that works.
  const quick = { timeoutMs, maxRetries: hosts.length - 1 };
  // This is shorter than the timeout of the request, so that the response contains the reason.
  const serverTimeout = `${Math.ceil(timeoutMs / 2)}ms`;
  const names = indices.map(({ alias }) => alias).join(',');
  if (indices.length === 0) {
    // Before `prepare` there is no index to write to.
    await client.request({
      ...quick,
      method: 'GET',
      path: '/_cluster/health',
      query: { master_timeout: serverTimeout },
    });
    return;
  }
  const [health, settings] = await Promise.all([
    client.request({
      ...quick,
      method: 'GET',
      path: `/_cluster/health/${names}`,
      query: { level: 'indices', timeout: '0s', master_timeout: serverTimeout },
      // Elasticsearch sends 408 when an index is red. The response body names the index.
      responses: [408],
    }),
    client.request({
      ...quick,
      method: 'GET',
      path: `/${names}/_settings/index.blocks.*`,
      query: { flat_settings: true, master_timeout: serverTimeout },
    }),
    client.request({
      ...quick,
      method: 'PUT',
      path: `/${probeIndex(indexPrefix)}/_doc/probe`,
      query: { timeout: serverTimeout },
      body: {},
    }),
  ]);
  checkHealth(client, health.body);
  checkBlocks(client, settings.body);
}

function checkHealth({ options }: ClusterClient, body: unknown): void {
  const { indices = {} } = healthResponse.parse(body);
  const red = Object.keys(indices).filter((name) => indices[name]?.status === 'red');
  if (red.length === 0) return;
  throw new StoreError(
    'unavailable',
    `Elasticsearch at [${options.hosts.join(', ')}] has lost all copies of [${red.join(', ')}]: start the nodes that have them.`,
  );
}

function checkBlocks({ options }: ClusterClient, body: unknown): void {
  for (const [index, { settings }] of Object.entries(settingsResponse.parse(body))) {
    const block = BLOCKS.find((name) => String(settings[`index.blocks.${name}`]) === 'true');
    if (block === undefined) continue;
    throw new StoreError(
      'unavailable',
      `Elasticsearch at [${options.hosts.join(', ')}] refuses requests to [${index}] (index.blocks.${block}): ${
        block === 'read_only_allow_delete' ? 'free disk space on its nodes' : 'remove the block'
      }.`,
    );
  }
}
