import { StepFailure } from '../failures/step_failure.ts';
import { Turns } from '../processes/turns.ts';
import { invalidInput, MAX_LIST_LENGTH, type StepInput } from './step_input.ts';
import { ValueKeys } from './value_keys.ts';

const MAX_LISTS = 50;
const MAX_FLATTENED_LEVELS = 10;

/**
 * Runs `data.concat`: joins the lists in `arrays`, where null counts as an empty list. Then
 * flattens nested lists if `flatten` asks for it, and with `dedupe` removes all but the first of
 * equal members.
 * @throws StepFailure `InvalidStepInput`
 */
export async function concatLists(
  input: StepInput,
  signal?: AbortSignal,
): Promise<readonly unknown[]> {
  const depth = flattenedLevels(input);
  const isDeduped = input.flag('with.dedupe');
  const lists = input.list('arrays', { min: 1, max: MAX_LISTS });
  const joined: unknown[] = [];
  for (const [index, list] of lists.entries()) {
    if (list === null || list === undefined) continue;
    if (!Array.isArray(list)) throw invalidInput(`arrays[${index}]`, 'a list or null', list);
    append(joined, list, depth);
  }
  return isDeduped ? withoutDuplicates(joined, new Turns(signal)) : joined;
}

function flattenedLevels(input: StepInput): number {
  if (input.isAbsent('with.flatten')) return 0;
  const value = input.value('with.flatten');
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'number'
    ? (input.count('with.flatten', MAX_FLATTENED_LEVELS) ?? 0)
    : input.fail('with.flatten', `true, false or a whole number from 1 to ${MAX_FLATTENED_LEVELS}`);
}

function append(target: unknown[], list: readonly unknown[], depth: number): void {
  for (const member of list) {
    if (depth > 0 && Array.isArray(member)) {
      append(target, member, depth - 1);
      continue;
    }
    target.push(member);
    if (target.length > MAX_LIST_LENGTH) {
      const message = `The joined list has more than ${MAX_LIST_LENGTH} members.`;
      throw new StepFailure('OutputTooLarge', message);
    }
  }
}

async function withoutDuplicates(
  list: readonly unknown[],
  turns: Turns,
): Promise<readonly unknown[]> {
  const keys = new ValueKeys();
  const kept = new Map<string, unknown>();
  for (const member of list) {
    if (turns.isOver) await turns.next();
    const key = keys.keyOf([member]);
    if (!kept.has(key)) kept.set(key, member);
  }
  return [...kept.values()];
}
