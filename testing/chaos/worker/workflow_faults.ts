import { setTimeout as delay } from 'node:timers/promises';
import { SavedObjectError } from '@latchkey/saved-objects';
import { Lease } from '@latchkey/saved-objects/coordination';
import { JournalStore, RunStore } from '@latchkey/workflows-plugin/server/testing';
import type { StoreFault } from '../plan/protocol.ts';

/** Delay of a slow store, milliseconds. */
const SLOW_MS = 400;

/** The current fault of the store of runs. It changes while the server runs. */
export interface RunStoreFaults {
  mode: StoreFault;
}

/**
 * Makes the store of runs fail, and the lease of the process on them. Other documents stay
 * available, because there is no proxy between a server and its SQLite file.
 */
export function failRunStore(faults: RunStoreFaults): void {
  const read = async (): Promise<void> => {
    if (faults.mode === 'all') throw unavailable();
    if (faults.mode === 'slow') await delay(SLOW_MS);
  };
  const write = async <T>(work: () => Promise<T>): Promise<T> => {
    if (faults.mode === 'writes') throw unavailable();
    await read();
    const result = await work();
    if (faults.mode === 'lost') throw unavailable();
    return result;
  };
  const runs = RunStore.prototype;
  const { read: readRun, readMany, readDefinition } = runs;
  const { create, compareAndSet, storeDefinition } = runs;
  const journals = JournalStore.prototype;
  const { isEntry, readRecords, readEnd, addEntry } = journals;
  runs.read = async function (...args) {
    await read();
    return readRun.apply(this, args);
  };
  runs.readMany = async function (...args) {
    await read();
    return readMany.apply(this, args);
  };
  runs.readDefinition = async function (...args) {
    await read();
    return readDefinition.apply(this, args);
  };
  journals.isEntry = async function (...args) {
    await read();
    return isEntry.apply(this, args);
  };
  journals.readRecords = async function (...args) {
    await read();
    return readRecords.apply(this, args);
  };
  journals.readEnd = async function (...args) {
    await read();
    return readEnd.apply(this, args);
  };
  runs.create = function (...args) {
    return write(() => create.apply(this, args));
  };
  runs.compareAndSet = function (...args) {
    return write(() => compareAndSet.apply(this, args));
  };
  journals.addEntry = function (...args) {
    return write(() => addEntry.apply(this, args));
  };
  runs.storeDefinition = function (...args) {
    return write(() => storeDefinition.apply(this, args));
  };
  const { renew } = Lease.prototype;
  Lease.prototype.renew = function (...args) {
    return write(() => renew.apply(this, args));
  };
}

function unavailable(): SavedObjectError {
  return new SavedObjectError(
    'store_unavailable',
    'The store is unavailable: fault of the harness.',
    {
      type: 'workflow_run',
    },
  );
}
