import { type Exchange, type Reply, TestProxy, type Treatment } from '@latchkey/test-proxy';
import type { StoreFault } from '../plan/protocol.ts';

/** Delay of a slow node's responses, milliseconds. */
const SLOW_MS = 400;
/** Requests that change something; reads may use POST as well. */
const WRITE = /^(PUT|DELETE) |^POST [^ ]*\/_bulk/;
const BLOCKED: Reply = {
  status: 403,
  headers: { 'x-elastic-product': 'Elasticsearch' },
  body: {
    error: {
      type: 'cluster_block_exception',
      reason: 'index [chaos] blocked by: [FORBIDDEN/8/index write (api)];',
    },
    status: 403,
  },
};

/** A proxy between one worker and one node, with the faults of a chaos run. */
export class StoreFaultProxy {
  readonly #proxy: TestProxy;

  private constructor(proxy: TestProxy) {
    this.#proxy = proxy;
  }

  /** Opens the proxy on the loopback address. */
  static async open(target: string): Promise<StoreFaultProxy> {
    return new StoreFaultProxy(await TestProxy.start({ target, records: false }));
  }

  get origin(): string {
    return this.#proxy.origin;
  }

  /** `all` also cuts running requests. */
  set mode(mode: StoreFault) {
    this.#proxy.isCut = mode === 'all';
    this.#proxy.treat = (exchange) => treatmentOf(mode, exchange);
  }

  close(): Promise<void> {
    return this.#proxy.stop();
  }
}

function treatmentOf(mode: StoreFault, { method, url }: Exchange): Treatment {
  const writes = WRITE.test(`${method} ${url}`);
  if (writes && mode === 'writes') return BLOCKED;
  if (writes && mode === 'lost') return 'drop_response';
  return mode === 'slow' ? { delayResponseMs: SLOW_MS } : 'forward';
}
