import { isRecord, ownProperty } from '../values/read_path.ts';
import type { Findings } from './diagnostic.ts';

/** Keys of `settings.concurrency` that only `strategy: queue` reads. */
const QUEUE_KEYS = ['queue-size', 'queue-ttl'];

/** Warns of settings for concurrency that are written correctly and have no effect. */
export function checkSettingsEffect(settings: unknown, findings: Findings): void {
  const concurrency = ownProperty(settings, 'concurrency');
  if (!isRecord(concurrency)) return;
  const path = ['settings', 'concurrency'];
  const strategy = ownProperty(concurrency, 'strategy');
  if (strategy === undefined) {
    const message =
      'Without `strategy`, the number of runs is not limited. Write `drop`, `queue` or `cancel-in-progress`.';
    findings.warning('schemaViolation', { path, at: 'key', message });
    return;
  }
  if (strategy === 'queue') return;
  for (const key of QUEUE_KEYS) {
    if (ownProperty(concurrency, key) === undefined) continue;
    const message = `\`${key}\` is ignored: only \`strategy: queue\` has a queue.`;
    findings.warning('schemaViolation', { path: [...path, key], at: 'key', message });
  }
}
