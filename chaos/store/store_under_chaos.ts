import type { WorkerProcess } from '../harness/worker_process.ts';
import type { StoreFault, StoreLocation } from '../worker/protocol.ts';

/** The store all workers share, as the harness sees it: where it is, what may go wrong with it, and what is in it. */
export interface StoreUnderChaos {
  /** Nodes that may be lost one at a time; 0 for an embedded store, and for a cluster that cannot lose one. */
  readonly expendableNodes: number;
  /** Where every life of this worker finds it. @param index of the worker, from 0 */
  locationFor(index: number): StoreLocation;
  /** From now on this worker's store fails like that; with `none` it works again when the promise resolves. Recorded in the history. */
  setFault(worker: WorkerProcess, index: number, mode: StoreFault): Promise<void>;
  /** Ends one node as a power cut would. Resolves when it is gone. */
  loseNode(node: number): Promise<void>;
  /** Everything is as it should be: no faults, all nodes there. */
  heal(): Promise<void>;
  /** Places in the store that hold this text as it is. */
  placesOf(text: string): Promise<readonly string[]>;
  /** Removes what this run stored, unless somebody wants to look at it. */
  close(keep: boolean): Promise<void>;
}
