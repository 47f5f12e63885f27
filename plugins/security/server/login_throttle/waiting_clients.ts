import { type Clock, networkOf, operatorNetworkOf, routingPrefixesOf } from '@latchkey/core/server';

/** Maximum number of waiting requests of the process. */
const MAX_WAITING = 500;
/** Maximum number of waiting requests of one address (IPv6: /64). */
const MAX_PER_ADDRESS = 3;
/** Maximum number of waiting requests of one network (IPv4 /24, IPv6 /56). */
const MAX_PER_NETWORK = 25;
/**
 * Maximum numbers of waiting requests for the wider networks of {@link routingPrefixesOf}, from the
 * widest to the narrowest. They leave room for others when an attacker has many networks of one
 * provider.
 */
const MAX_PER_PREFIX = [250, 125, 50] as const;

/**
 * Requests that wait for their turn. A client that arrives slightly early is held until the exact
 * time; otherwise the client that sends requests most often would get every attempt. No network can
 * take all places. Requests without a place are refused, but they are not locked out.
 */
export class WaitingClients {
  readonly #clock: Pick<Clock, 'sleep'>;
  /** Number of waiting requests by network. */
  readonly #waiting = new Map<string, number>();
  #total = 0;

  constructor(clock: Pick<Clock, 'sleep'>) {
    this.#clock = clock;
  }

  /**
   * Waits `ms` milliseconds and resolves to `true`. Resolves to `false` immediately when too many
   * requests wait, in total or from one of the networks of this address.
   */
  async wait(address: string, ms: number): Promise<boolean> {
    const limits = limitsOf(address);
    const isFull = limits.some(({ network, max }) => this.#countOf(network) >= max);
    if (isFull || this.#total >= MAX_WAITING) return false;
    this.#add(limits, 1);
    try {
      await this.#clock.sleep(ms);
    } finally {
      this.#add(limits, -1);
    }
    return true;
  }

  #add(limits: readonly NetworkLimit[], change: 1 | -1): void {
    this.#total += change;
    for (const { network } of limits) {
      const count = this.#countOf(network) + change;
      if (count === 0) this.#waiting.delete(network);
      else this.#waiting.set(network, count);
    }
  }

  #countOf(network: string): number {
    return this.#waiting.get(network) ?? 0;
  }
}

interface NetworkLimit {
  /**
   * Network, with a prefix for the kind of its limit, because networks of two kinds may have the
   * same text.
   */
  readonly network: string;
  readonly max: number;
}

function limitsOf(address: string): readonly NetworkLimit[] {
  return [
    { network: `address ${networkOf(address)}`, max: MAX_PER_ADDRESS },
    { network: `network ${operatorNetworkOf(address)}`, max: MAX_PER_NETWORK },
    ...routingPrefixesOf(address).map((prefix, level) => ({
      network: `prefix ${prefix}`,
      max: MAX_PER_PREFIX[level] ?? MAX_WAITING,
    })),
  ];
}
