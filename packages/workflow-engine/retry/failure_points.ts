import { isRecord } from '@latchkey/workflow-language';
import { firstAttempt } from '../run/record_keys.ts';
import type { RunRecord, StepRecord } from '../run/run_journal.ts';

/**
 * Keys of the executions of steps that made a run fail, always of their first attempts. If a
 * `parallel` step failed: keys of the failed steps in its branches. Empty: the records contain no
 * such execution.
 * @param failedStep name of the step whose failure ended the run
 */
export function failurePoints(
  records: readonly RunRecord[],
  failedStep: string,
): readonly string[] {
  const failed = records.filter(
    (record): record is StepRecord =>
      record.kind === 'step' && record.status === 'failed' && record.failedStep === undefined,
  );
  const last = failed.findLast(({ name }) => name === failedStep);
  return last === undefined ? [] : pointsOf(last, failed);
}

function pointsOf(record: StepRecord, failed: readonly StepRecord[]): readonly string[] {
  const { key, type, output } = record;
  const results = isRecord(output) ? output['results'] : undefined;
  if (type !== 'parallel' || !Array.isArray(results)) return [firstAttempt(key)];
  return results.flatMap((result: unknown): readonly string[] => {
    if (!isRecord(result)) return [];
    const { index, status } = result;
    const branch = `${key}[${Number(index)}]`;
    if (status === 'timed_out') return [branch];
    if (status !== 'failed') return [];
    const last = failed.findLast((each) => each.key.startsWith(`${branch}/`));
    return last === undefined ? [branch] : pointsOf(last, failed);
  });
}
