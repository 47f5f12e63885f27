import { splitPath, valueAt } from '@latchkey/workflow-language';
import { Turns } from '../processes/turns.ts';
import type { StepInput } from './step_input.ts';
import { ValueKeys } from './value_keys.ts';

/**
 * Runs `data.dedupe`: of the members whose values at `with.keys` are equal, keeps the first or the
 * last, at the position of the first.
 */
export async function dedupeItems(
  input: StepInput,
  signal?: AbortSignal,
): Promise<readonly unknown[]> {
  const items = input.list('items');
  const paths = input.names('with.keys').map(splitPath);
  const keepsLast = input.choice('strategy', ['keep_first', 'keep_last']) === 'keep_last';
  const keys = new ValueKeys();
  const turns = new Turns(signal);
  const kept = new Map<string, unknown>();
  for (const item of items) {
    if (turns.isOver) await turns.next();
    const key = keys.keyOf(paths.map((path) => valueAt(item, path)));
    // Setting a value of a Map again keeps the position of its key.
    if (keepsLast || !kept.has(key)) kept.set(key, item);
  }
  return [...kept.values()];
}
