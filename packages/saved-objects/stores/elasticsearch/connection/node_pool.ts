import { ClusterConnectionPool } from '@elastic/elasticsearch';

/** How long a node that did not answer is left alone. */
const REST_MS = 5_000;

type PoolOptions = ConstructorParameters<typeof ClusterConnectionPool>[0];
type ResurrectOptions = Parameters<ClusterConnectionPool['resurrect']>[0];

/**
 * Requests go to all nodes in turn. One that did not answer gets none, except pings in the background, until it answers; when none
 * answers all are tried. The client's own pool leaves a node alone for up to half an hour, and pings it with every request after that.
 */
export class NodePool extends ClusterConnectionPool {
  #nextPingAt = 0;

  constructor(options: PoolOptions) {
    super(options);
    this.resurrectTimeout = REST_MS;
    // The rest does not grow with the number of failures.
    this.resurrectTimeoutCutoff = 0;
  }

  override resurrect(options: ResurrectOptions): void {
    if (options.now < this.#nextPingAt) return;
    this.#nextPingAt = options.now + REST_MS;
    super.resurrect(options);
  }
}
