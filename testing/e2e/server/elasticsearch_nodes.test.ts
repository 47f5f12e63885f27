import { waitUntil } from '@latchkey/core/server/wait_until';
import { type RunningElasticsearch, startElasticsearch } from '@latchkey/elasticsearch';
import type { Execution } from '@latchkey/test-environment';
import {
  askNode,
  createConnector,
  filesOwner,
  listStrictFiles,
  stopAtTheEnd,
  strictFiles,
} from '@latchkey/test-environment';
import { onElasticsearch } from '@latchkey/test-environment/stores';
import { beforeAll, expect, it } from 'vitest';
import { letTokenExpire } from '../support/expired_token.ts';
import { startBeforeAll } from '../support/start_before_all.ts';

const CALLERS = 5;
const SMALL_HEAP_MB = 320;
const BACK_WITHIN_MS = 240_000;

onElasticsearch((single) => {
  let cluster: RunningElasticsearch;
  beforeAll(async () => {
    cluster = await startElasticsearch({ nodes: 3, heapMb: SMALL_HEAP_MB });
    stopAtTheEnd(() => cluster.stop());
  });
  const environment = startBeforeAll(() => ({
    store: single,
    settings: { 'elasticsearch.hosts': cluster.hosts, 'elasticsearch.requestTimeout': '10s' },
  }));

  const untilStatus = (status: number) =>
    waitUntil(
      `HTTP ${status}`,
      async () =>
        (await environment.admin.call(environment.first, 'GET /api/status')).status === status,
      { timeoutMs: BACK_WITHIN_MS },
    );

  /** Waits until every index has its copy: an index without one is lost together with its node. */
  const untilCopied = (): Promise<unknown> => {
    const prefix = String(environment.settings['elasticsearch.indexPrefix']);
    const path = `/_cluster/health/${prefix}*?expand_wildcards=all&wait_for_status=green&timeout=5s`;
    const isGreen = () =>
      askNode(cluster.hosts[0] ?? '', 'GET', path).then(
        () => true,
        () => false,
      );
    return waitUntil('a copy of each index', isGreen, { timeoutMs: BACK_WITHIN_MS });
  };

  it('G90: the server continues when the master of three nodes is killed, sends no refresh token without a master, and recovers', async () => {
    const { admin, ana, ben, strict, first: server } = environment;
    const connector = await createConnector(admin, server, strictFiles(environment));
    for (const user of [ana, ben]) await user.connect(server, connector);
    await letTokenExpire(strict, ana, { server, connector });
    strict.clearRequests();

    // The master is killed while there are calls and a refresh.
    let isLoading = true;
    const callers = [ana, ben].flatMap((user) =>
      Array.from({ length: CALLERS }, async () => {
        const responses: Execution[] = [];
        while (isLoading) responses.push(await user.execute(server, connector, listStrictFiles));
        return responses;
      }),
    );
    const responded = Promise.all(callers);
    // Awaited below. Until then a failed call must not count as an unhandled rejection.
    responded.catch(() => undefined);
    await untilCopied();
    const elected = await electedNode(cluster);
    await elected.kill9();
    await untilStatus(200);
    isLoading = false;
    for (const response of (await responded).flat()) {
      // Any failure during the change of master must be temporary and must not be attributed to the
      // user.
      if (response.status === 'error') expect(response).toMatchObject({ errorSource: 'framework' });
      expect(response.authorization_reason).toBeUndefined();
    }
    expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
    expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);

    // A second node is killed. The last one cannot become master, so no write succeeds.
    await letTokenExpire(strict, ana, { server, connector });
    strict.clearRequests();
    const [next, last] = cluster.nodes.filter((node) => node !== elected);
    await next?.kill9();
    await untilStatus(503);
    const refused = await ana.call(server, `POST /api/actions/connector/${connector}/_execute`, {
      params: listStrictFiles,
    });
    expect([200, 503]).toContain(refused.status);
    expect(refused.text).not.toMatch(/authorization_reason/);
    if (refused.status === 503) expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    else
      expect(JSON.parse(refused.text)).toMatchObject({ status: 'error', errorSource: 'framework' });
    expect(strict.tokenRequests()).toEqual([]);
    expect(last?.pid).toBeDefined();

    await next?.restart();
    await untilStatus(200);
    expect(await filesOwner(ana, server, connector)).toBe('ana@example.com');
    expect(await ben.connectionStatus(server, connector)).toBe('connected');
    expect(strict.tokenRequests().map(({ error }) => error)).toEqual([undefined]);
  });
});

async function electedNode({ hosts, nodes }: RunningElasticsearch) {
  const [row] = (await askNode(hosts[0] ?? '', 'GET', '/_cat/master?format=json')) as {
    readonly node: string;
  }[];
  const node = nodes.find(({ name }) => name === row?.node);
  if (node === undefined) throw new Error('No node is elected.');
  return node;
}
