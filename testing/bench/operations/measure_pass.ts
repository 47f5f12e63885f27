import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { DocumentStore, StoredDocument } from '@latchkey/saved-objects';
import { type Repeated, repeat } from '../measure/statistics.ts';
import { userOf } from '../store/grants.ts';
import { connectorIdOf, type OpenStore } from '../store/open_store.ts';

/** Milliseconds between two token reads in the same process. */
const READ_EVERY_MS = 2;
const LOOP_RESOLUTION_MS = 1;
const MEMORY_EVERY_MS = 50;

/** Results of one pass, and its effect on the process. Times are in milliseconds. */
export interface PassFigures {
  readonly name: string;
  readonly store: string;
  readonly documents: number;
  /** Number of documents that the pass has processed, as it reports. */
  readonly acted: number;
  /** Number of documents that the store returned to searches and iterations. */
  readonly documentsRead: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Maximum growth of the heap since the start of the measurement. */
  readonly heapGrowthMb: number;
  readonly loopDelayP99: number;
  readonly loopDelayMax: number;
  /**
   * Longest CPU time of the main thread between two turns of the event loop. This is the delay that
   * the pass itself causes, however busy the machine is.
   */
  readonly maxStretch: number;
  readonly reads: Repeated;
}

/** Counts the documents that searches and iterations return. */
export class DocumentCounter {
  documents = 0;

  readonly wrap = (store: DocumentStore): DocumentStore => {
    const looked = (documents: readonly StoredDocument[]): void => {
      this.documents += documents.length;
    };
    return {
      prepare: (types) => store.prepare(types),
      getMany: (keys, type) => store.getMany(keys, type),
      put: (document, options) => store.put(document, options),
      delete: (key, type, options) => store.delete(key, type, options),
      ping: () => store.ping(),
      close: () => store.close(),
      search: async (request) => {
        const found = await store.search(request);
        looked(found.documents);
        return found;
      },
      iterate: async function* (request) {
        for await (const batch of store.iterate(request)) {
          looked(batch);
          yield batch;
        }
      },
    };
  };
}

/** Runs a pass while the same process reads tokens, as a server does. */
export async function measurePass(
  open: OpenStore,
  documents: DocumentCounter,
  pass: {
    readonly name: string;
    readonly store: string;
    readonly documents: number;
    /** Number of grants to read from, none of them due. */
    readonly grants: number;
    readonly run: () => Promise<number>;
  },
): Promise<PassFigures> {
  const over = new AbortController();
  const reading = readTokens(open, pass.grants, over.signal);
  const heap = watchHeap(over.signal);
  const loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  await delay(500);
  const looksBefore = documents.documents;
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  loop.enable();
  const stretches = watchStretches();
  const acted = await pass.run();
  const maxStretch = stretches.stop();
  const seconds = (performance.now() - start) / 1000;
  loop.disable();
  const { user, system } = process.cpuUsage(cpuBefore);
  over.abort();
  return {
    name: pass.name,
    store: pass.store,
    documents: pass.documents,
    acted,
    documentsRead: documents.documents - looksBefore,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    heapGrowthMb: await heap,
    // The measured value includes the resolution of the timer, which is subtracted.
    loopDelayP99: loop.percentile(99) / 1e6 - LOOP_RESOLUTION_MS,
    loopDelayMax: loop.max / 1e6 - LOOP_RESOLUTION_MS,
    maxStretch,
    reads: await reading,
  };
}

function readTokens({ tokens, connectorOf }: OpenStore, grants: number, signal: AbortSignal) {
  const read = (): Promise<unknown> => {
    const index = Math.floor(grants * Math.random());
    const connector = connectorOf(connectorIdOf(index));
    return tokens.tokens.getToken({ connector, profileUid: userOf(index) });
  };
  return repeat(read, { everyMs: READ_EVERY_MS, signal });
}

function watchStretches(): { stop(): number } {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = cpuMs();
  let longest = 0;
  const look = (): void => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    stop: () => {
      look();
      clearInterval(timer);
      return longest;
    },
  };
}

async function watchHeap(signal: AbortSignal): Promise<number> {
  globalThis.gc?.();
  const start = process.memoryUsage().heapUsed;
  let highest = start;
  while (!signal.aborted) {
    highest = Math.max(highest, process.memoryUsage().heapUsed);
    await delay(MEMORY_EVERY_MS);
  }
  return (highest - start) / 1024 / 1024;
}
