import type { RunningElasticsearch } from '@latchkey/elasticsearch';
import { ask } from './store_for_tests.ts';

/**
 * Starts dead nodes, or kills some, until so many are left and have a master. A test that is tried again comes last in the file and
 * finds the cluster as the other one, or its own first try, has left it.
 */
export async function haveRunning(
  { hosts, nodes }: RunningElasticsearch,
  count: number,
): Promise<void> {
  const running = nodes.filter(({ pid }) => pid !== undefined);
  const dead = nodes.filter(({ pid }) => pid === undefined);
  const missing = Math.max(0, count - running.length);
  await Promise.all(dead.slice(0, missing).map((node) => node.restart()));
  await Promise.all(running.slice(count).map((node) => node.kill9()));
  await ask(hosts, 'GET', `/_cluster/health?wait_for_nodes=${count}&timeout=30s`);
}
