import { ask } from './store_for_tests.ts';
import type { TestCluster } from './test_cluster.ts';

/**
 * Starts or kills nodes until `count` nodes run and have a master, in whatever state earlier tests
 * have left the cluster.
 */
export async function haveRunning({ hosts, nodes }: TestCluster, count: number): Promise<void> {
  const running = nodes.filter(({ pid }) => pid !== undefined);
  const dead = nodes.filter(({ pid }) => pid === undefined);
  const missing = Math.max(0, count - running.length);
  await Promise.all(dead.slice(0, missing).map((node) => node.restart()));
  await Promise.all(running.slice(count).map((node) => node.kill9()));
  await ask(hosts, 'GET', `/_cluster/health?wait_for_nodes=${count}&timeout=30s`);
}
