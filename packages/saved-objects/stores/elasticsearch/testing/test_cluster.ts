/** One node of a {@link TestCluster}. */
interface TestNode {
  /** Name of the node as the cluster shows it. */
  readonly name: string;
  /** Id of the process. `undefined` while the node does not run. */
  readonly pid: number | undefined;
  kill9(): Promise<void>;
  /** Starts the node again on its data and ports. */
  restart(): Promise<void>;
  /** Stops all threads of the node until `resume`. */
  pause(): void;
  resume(): void;
}

/** A real Elasticsearch cluster with its security features turned off. */
export interface TestCluster {
  /** URLs of the nodes. */
  readonly hosts: readonly string[];
  readonly nodes: readonly TestNode[];
  stop(): Promise<void>;
}

/** Options of `startElasticsearch`, of which `testing/elasticsearch` has the complete list. */
export interface StartClusterOptions {
  /** Number of nodes; default 1. */
  readonly nodes?: number;
  /** Heap of one node in megabytes; default 512. */
  readonly heapMb?: number;
  readonly report?: (line: string) => void;
}

declare global {
  /**
   * Starts a cluster on this machine. `testing/elasticsearch/test_setup.ts` provides it before the
   * tests, so that this package imports no tool.
   * @throws Error with `isMissingPrerequisite: true` when the machine lacks Java or Elasticsearch
   */
  var startElasticsearch: (options: StartClusterOptions) => Promise<TestCluster>;
}
