import { evaluateRendered } from '@latchkey/workflow-language';
import { StepFailure } from '../failures/step_failure.ts';
import { Turns } from '../processes/turns.ts';
import { type DataStepScope, memberFailure } from './data_step_scope.ts';
import type { StepInput } from './step_input.ts';

/** A member of a list and its index. */
interface Selected {
  readonly item: unknown;
  readonly index: number;
}

/**
 * Runs `data.filter`: returns the members for which the condition is true, at most `with.limit`.
 */
export async function filterItems(
  input: StepInput,
  scope: DataStepScope,
): Promise<readonly unknown[]> {
  const limit = input.count('with.limit') ?? Number.POSITIVE_INFINITY;
  const kept: unknown[] = [];
  for await (const { item } of selected(input, scope)) {
    kept.push(item);
    if (kept.length >= limit) break;
  }
  return kept;
}

/**
 * Runs `data.find`: returns the first member for which the condition is true, and its index. Both
 * are `null` if there is none.
 * @throws StepFailure `NoMatch` with `errorIfEmpty`, `InvalidStepInput`
 */
export async function findItem(input: StepInput, scope: DataStepScope): Promise<unknown> {
  const isNeeded = input.flag('with.errorIfEmpty');
  for await (const { item, index } of selected(input, scope)) return { item, index };
  if (isNeeded) {
    throw new StepFailure('NoMatch', '`with.condition` is true for no member of `items`.');
  }
  return { item: null, index: null };
}

/** Yields the members for which `with.condition` is true, one after the other. */
async function* selected(input: StepInput, scope: DataStepScope): AsyncGenerator<Selected, void> {
  const items = input.list('items');
  const condition = input.value('with.condition');
  if (typeof condition !== 'string' && typeof condition !== 'boolean') {
    input.fail('with.condition', 'text or a boolean');
  }
  // As in Kibana, a blank condition selects all members.
  const isBlank = typeof condition === 'string' && condition.trim() === '';
  const turns = new Turns(scope.signal);
  for (const [index, item] of items.entries()) {
    if (turns.isOver) await turns.next();
    if (isBlank || (await isSelected(condition, scope, { item, index }))) yield { item, index };
  }
}

async function isSelected(
  condition: unknown,
  { texts, context: outer, now }: DataStepScope,
  member: Selected,
): Promise<boolean> {
  const context = { ...outer, ...member };
  try {
    const value = texts.memberText(condition, context);
    return evaluateRendered(value instanceof Promise ? await value : value, context, now);
  } catch (error) {
    throw memberFailure('with.condition', member.index, error);
  }
}
