import type { HistoryEvent } from '../history/events.ts';

/** Counts kills of processes whose requests were in progress at the service. */
export function killsDuringCalls(history: readonly HistoryEvent[]): number {
  /** Ids of requests in progress, by worker. */
  const open = new Map<string, Set<string>>();
  let kills = 0;
  for (const event of history) {
    if (event.type === 'service_request') {
      const requests = open.get(event.worker) ?? new Set();
      open.set(event.worker, requests.add(event.request));
    } else if (event.type === 'service_response') {
      for (const requests of open.values()) requests.delete(event.request);
    } else if (event.type === 'killed' && (open.get(event.worker)?.size ?? 0) > 0) {
      kills += 1;
      // The requests are forgotten, because both the process and the harness may have recorded the
      // kill.
      open.delete(event.worker);
    }
  }
  return kills;
}
