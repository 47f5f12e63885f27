import type { StoreLocation } from '@latchkey/test-environment';
import type { CommandedWorker, StoreFault } from '../plan/protocol.ts';

/**
 * The store that all workers share, as the harness uses it: its location, its faults and its
 * contents.
 */
export interface StoreUnderChaos {
  /**
   * Number of nodes that may be killed, one at a time. 0: the store is embedded, or the cluster
   * cannot lose a node.
   */
  readonly expendableNodes: number;
  /**
   * Returns the location of the store for every process of this worker.
   * @param index number of the worker, from 0
   */
  locationFor(index: number): StoreLocation;
  /**
   * Makes this worker's store fail, and records this in the history. With `none`, the store works
   * again when the promise resolves.
   */
  setFault(worker: CommandedWorker, index: number, mode: StoreFault): Promise<void>;
  /** Kills one node with SIGKILL. Resolves when it has exited. */
  killNode(node: number): Promise<void>;
  /** Removes all faults and restarts missing nodes. */
  recover(): Promise<void>;
  /** Returns the places in the store that contain this text. */
  placesOf(text: string): Promise<readonly string[]>;
  /** Removes the documents of this run, unless they are kept for inspection. */
  close(keep: boolean): Promise<void>;
}
