import { AsyncLocalStorage } from 'node:async_hooks';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createServer } from '@latchkey/core/server/lifecycle';
import type { DocumentStore } from '@latchkey/saved-objects';
import { storeSettings } from '@latchkey/test-environment';
import {
  JournalStore,
  RunService,
  RunStore,
  StoredJournal,
  type StoredRun,
} from '@latchkey/workflows-plugin/server/testing';
import { Samples } from '../measure/statistics.ts';
import { StoreRequests } from '../measure/store_requests.ts';
import { KEYS } from '../store/bench_connector.ts';
import { handleInputs } from './role.ts';
import type { RunnerFigures, RunnerInput } from './workflow_protocol.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MEGABYTE = 1024 * 1024;
/** Number of documents that are written at the same time. */
const FILL_BATCH = 200;
/** Microseconds between two samples of a profile. */
const SAMPLING_MICROS = 200;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const counts = { started: 0, ended: 0, notCompleted: 0, waits: 0, takenOver: 0, writes: 0 };
let firstStep = new Samples();
let timerLateness = new Samples();
let cpu = process.cpuUsage();
/** The start of a run to which the running code belongs. */
const starting = new AsyncLocalStorage<{ readonly at: number; isMeasured: boolean }>();
/** A run that has ended, which is copied to fill the store. */
let sample: StoredRun | undefined;
let runs: RunStore | undefined;
let failure = '';
/** Documents that the store has read and written so far, by operation and type. */
let calls = new Map<string, number>();
/** Counter of requests to Elasticsearch. `undefined`: the store is not Elasticsearch. */
let requests: StoreRequests | undefined;
const profiler = new Session();

watch();

handleInputs<RunnerInput, unknown>(async (input) => {
  switch (input.do) {
    case 'start': {
      const { location } = input;
      if (location.kind === 'elasticsearch') requests = new StoreRequests(location.hosts);
      const server = await createServer({
        mode: 'development',
        root: ROOT,
        configFiles: [],
        overrides: {
          ...storeSettings(location),
          'server.port': 0,
          'xpack.encryptedSavedObjects.encryptionKey': KEYS.primary,
          'xpack.actions.allowedHosts': ['127.0.0.1'],
          'logging.root.level': 'warn',
          ...input.settings,
        },
        wrapStore: countCalls,
        env: {},
      });
      await server.start();
      return String(server.url);
    }
    case 'fill':
      return fill(input.count);
    case 'counts':
      return { ...counts };
    case 'figures':
      return takeFigures();
    case 'profile':
      profiler.connect();
      await profiler.post('Profiler.enable');
      await profiler.post('Profiler.setSamplingInterval', { interval: SAMPLING_MICROS });
      return profiler.post('Profiler.start');
    case 'profiled': {
      const { profile } = await profiler.post('Profiler.stop');
      profiler.disconnect();
      return profile;
    }
    default:
      return input satisfies never;
  }
});

/** Wraps a store, to count the documents that it reads and writes. */
function countCalls(store: DocumentStore): DocumentStore {
  const note = (name: string, added = 1): void => {
    calls.set(name, (calls.get(name) ?? 0) + added);
  };
  return {
    ...store,
    getMany: (keys, type) => {
      note(`get ${type}`, keys.length);
      return store.getMany(keys, type);
    },
    put: (document, options) => {
      note(`put ${document.type}`);
      return store.put(document, options);
    },
    delete: (key, type, options) => {
      note(`delete ${type}`);
      return store.delete(key, type, options);
    },
    search: (request) => {
      note(`search ${request.types}`);
      return store.search(request);
    },
    iterate: (request) => {
      note(`iterate ${request.types}`);
      return store.iterate(request);
    },
  };
}

/**
 * Replaces methods of the services, to count writes and measure times. The production code itself
 * is not changed.
 */
function watch(): void {
  const { run, test } = RunService.prototype;
  const timed = <T>(start: () => T): T =>
    starting.run({ at: performance.now(), isMeasured: false }, start);
  RunService.prototype.run = function (...args) {
    return timed(() => run.apply(this, args));
  };
  RunService.prototype.test = function (...args) {
    return timed(() => test.apply(this, args));
  };
  const { add } = StoredJournal.prototype;
  StoredJournal.prototype.add = function (record) {
    const start = starting.getStore();
    if (record.kind === 'step' && start !== undefined && !start.isMeasured) {
      start.isMeasured = true;
      firstStep.add(performance.now() - start.at);
    }
    add.call(this, record);
  };
  const { create, compareAndSet } = RunStore.prototype;
  const { addEntry } = JournalStore.prototype;
  RunStore.prototype.create = async function (...args) {
    const created = await create.apply(this, args);
    counts.started += 1;
    counts.writes += 1;
    return created;
  };
  RunStore.prototype.compareAndSet = async function (before, changes) {
    runs = this;
    const written = await compareAndSet.call(this, before, changes);
    if (written === undefined) return undefined;
    counts.writes += 1;
    if (written.epoch > before.epoch) noteTaken(before);
    if (written.wakeAt !== undefined && before.wakeAt === undefined) counts.waits += 1;
    if (written.finishedAt !== undefined && before.finishedAt === undefined) {
      counts.ended += 1;
      if (written.status === 'completed') sample = written;
      else {
        counts.notCompleted += 1;
        failure = `${written.status} ${JSON.stringify(changes.error)}`;
      }
    }
    return written;
  };
  JournalStore.prototype.addEntry = async function (...args) {
    const isAdded = await addEntry.apply(this, args);
    if (isAdded) counts.writes += 1;
    return isAdded;
  };
}

function noteTaken({ owner, wakeAt }: StoredRun): void {
  if (owner !== undefined) counts.takenOver += 1;
  else if (wakeAt !== undefined) timerLateness.add(Date.now() - Date.parse(wakeAt));
}

function takeFigures(): RunnerFigures {
  const { user, system } = process.cpuUsage(cpu);
  const figures = {
    ...counts,
    failure,
    calls: Object.fromEntries(calls),
    requests: requests?.take() ?? {},
    cpuMs: (user + system) / 1_000,
    firstStep: firstStep.distribution(),
    timerLateness: timerLateness.distribution(),
  };
  collectGarbage();
  Object.assign(counts, {
    started: 0,
    ended: 0,
    notCompleted: 0,
    waits: 0,
    takenOver: 0,
    writes: 0,
  });
  firstStep = new Samples();
  timerLateness = new Samples();
  calls = new Map();
  cpu = process.cpuUsage();
  return { ...figures, heapMb: process.memoryUsage().heapUsed / MEGABYTE };
}

async function fill(count: number): Promise<void> {
  if (sample === undefined || runs === undefined) throw new Error('No run has ended yet.');
  const { id, version: _, error: __, ...attributes } = sample;
  const store = runs;
  for (let from = 0; from < count; from += FILL_BATCH) {
    const batch = Array.from({ length: Math.min(FILL_BATCH, count - from) }, (_, index) =>
      store.create(`${id}-${from + index}`, { ...attributes, inputs: {} }),
    );
    await Promise.all(batch);
  }
}
