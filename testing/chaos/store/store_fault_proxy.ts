import type { Exchange, Reply, TestProxy, Treatment } from '@latchkey/test-proxy';
import type { StoreFault } from '../plan/protocol.ts';

/** Delay of the responses of a slow node, in milliseconds. */
const SLOW_MS = 400;
/** Matches requests that change something. Reads may use POST as well. */
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

/**
 * Makes a proxy between one worker and one node inject this fault. `all` also cuts requests in
 * progress.
 */
export function injectFault(proxy: TestProxy, mode: StoreFault): void {
  proxy.isCut = mode === 'all';
  proxy.treat = (exchange) => treatmentOf(mode, exchange);
}

function treatmentOf(mode: StoreFault, { method, url }: Exchange): Treatment {
  const writes = WRITE.test(`${method} ${url}`);
  if (writes && mode === 'writes') return BLOCKED;
  if (writes && mode === 'lost') return 'drop_response';
  return mode === 'slow' ? { delayResponseMs: SLOW_MS } : 'forward';
}
