import type { AttentionItem } from '../connection_status/index.ts';

/** Reasons for which a new authorization is the solution. */
const RECONNECTABLE: ReadonlySet<AttentionItem['reason']> = new Set([
  'reconnect',
  'ends_soon',
  'missing_scopes',
]);

/**
 * Connectors that the user reconnects one after the other. The user opens each window with a click,
 * because browsers block other windows.
 */
export interface AttentionQueue {
  /** Ids of the connectors, in the order of the sequence. */
  readonly connectorIds: readonly string[];
  /** Index of the current connector. If it equals the length, the sequence is complete. */
  readonly position: number;
  /** Ids of the connectors that the user has skipped. */
  readonly skipped: readonly string[];
}

/** Ids of the connectors that a guided sequence contains. */
export function reconnectable(attention: readonly AttentionItem[]): readonly string[] {
  const ids = attention
    .filter(({ reason }) => RECONNECTABLE.has(reason))
    .map(({ connector_id: id }) => id);
  return [...new Set(ids)];
}

/** Creates a sequence that begins at its first connector. */
export function startQueue(connectorIds: readonly string[]): AttentionQueue {
  return { connectorIds, position: 0, skipped: [] };
}

/** Current connector. `undefined`: the sequence is complete. */
export function currentOf({ connectorIds, position }: AttentionQueue): string | undefined {
  return connectorIds[position];
}

/** The sequence after the user skipped the current connector. */
export function skipCurrent(queue: AttentionQueue): AttentionQueue {
  const current = currentOf(queue);
  if (current === undefined) return queue;
  return { ...queue, position: queue.position + 1, skipped: [...queue.skipped, current] };
}

/** The sequence after a connector was connected, whether in the guide or elsewhere. */
export function completeConnector(queue: AttentionQueue, connectorId: string): AttentionQueue {
  if (currentOf(queue) !== connectorId) return queue;
  return { ...queue, position: queue.position + 1 };
}
