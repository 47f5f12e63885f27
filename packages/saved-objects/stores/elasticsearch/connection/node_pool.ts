import { ClusterConnectionPool } from '@elastic/elasticsearch';

/** Milliseconds between two pings of unreachable nodes. */
const PING_INTERVAL_MS = 5_000;

type PoolOptions = ConstructorParameters<typeof ClusterConnectionPool>[0];
type ResurrectOptions = Parameters<ClusterConnectionPool['resurrect']>[0];

/**
 * Sends requests to all nodes in turn. An unreachable node gets only pings in the background until
 * it responds. If all nodes are unreachable, requests are sent to all of them.
 * It replaces the pool of the client library, which does not use an unreachable node for up to half
 * an hour, and then pings it with every request.
 */
export class NodePool extends ClusterConnectionPool {
  #nextPingAt = 0;

  constructor(options: PoolOptions) {
    super(options);
    this.resurrectTimeout = PING_INTERVAL_MS;
    // With 0, the time until the next ping does not grow with the number of failures.
    this.resurrectTimeoutCutoff = 0;
  }

  override resurrect(options: ResurrectOptions): void {
    if (options.now < this.#nextPingAt) return;
    this.#nextPingAt = options.now + PING_INTERVAL_MS;
    super.resurrect(options);
  }
}
