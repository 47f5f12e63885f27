import { ask } from './store_for_tests.ts';
import type { TestCluster } from './test_cluster.ts';

/**
 * Starts or kills nodes until `count` nodes run and have a master. Jest repeats a failed test after
 * all others, so the test may find the cluster in the state of another test or of its first
 * attempt.
 */
export async function haveRunning({ hosts, nodes }: TestCluster, count: number): Promise<void> {
  const running = nodes.filter(({ pid }) => pid !== undefined);
  const dead = nodes.filter(({ pid }) => pid === undefined);
  const missing = Math.max(0, count - running.length);
  await Promise.all(dead.slice(0, missing).map((node) => node.restart()));
  await Promise.all(running.slice(count).map((node) => node.kill9()));
  await ask(hosts, 'GET', `/_cluster/health?wait_for_nodes=${count}&timeout=30s`);
}
