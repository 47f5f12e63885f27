import type { StoreLocation } from '@latchkey/test-environment';
import type { CommandedWorker, StoreFault } from '../plan/protocol.ts';

/**
 * The store that all workers share, as the harness sees it: its location, its faults and its
 * contents.
 */
export interface StoreUnderChaos {
  /**
   * Number of nodes that may be killed, one at a time; 0 for an embedded store, and for a cluster
   * that cannot lose one.
   */
  readonly expendableNodes: number;
  /**
   * Location of the store for every process of this worker.
   * @param index of the worker, from 0
   */
  locationFor(index: number): StoreLocation;
  /**
   * Makes this worker's store fail; with `none` it works again when the promise resolves. Recorded
   * in the history.
   */
  setFault(worker: CommandedWorker, index: number, mode: StoreFault): Promise<void>;
  /** Kills one node with SIGKILL. Resolves when it has exited. */
  killNode(node: number): Promise<void>;
  /** Removes all faults and restarts missing nodes. */
  recover(): Promise<void>;
  /** Places in the store that contain this text. */
  placesOf(text: string): Promise<readonly string[]>;
  /** Removes what this run stored, unless it is kept for inspection. */
  close(keep: boolean): Promise<void>;
}
