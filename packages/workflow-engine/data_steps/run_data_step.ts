import { StepFailure } from '../failures/step_failure.ts';
import { aggregateItems } from './aggregate_items.ts';
import { concatLists } from './concat_lists.ts';
import type { DataStepScope } from './data_step_scope.ts';
import { dedupeItems } from './dedupe_items.ts';
import { parseJson, stringifyJson } from './json_steps.ts';
import { mapItems } from './map_items.ts';
import { regexExtract, regexReplace } from './regex_steps.ts';
import { filterItems, findItem } from './select_items.ts';
import { StepInput } from './step_input.ts';

/**
 * Runs a step that computes from the context: `console` and the `data.*` steps.
 * @param keys rendered keys of the step. The value at `perItem` of the step type (`with.fields` of
 *   `data.map`, `with.condition` of `data.filter` and `data.find`) is not rendered: this function
 *   renders it for each member, with `item` and `index` in the context.
 * @returns the output of the step
 * @throws StepFailure
 */
export async function runDataStep(
  type: string,
  keys: Readonly<Record<string, unknown>>,
  scope: DataStepScope,
): Promise<unknown> {
  const input = new StepInput(keys);
  switch (type) {
    case 'console':
      return input.value('with.message');
    case 'data.set':
      return input.object('with');
    case 'data.map':
      return mapItems(input, scope);
    case 'data.filter':
      return filterItems(input, scope);
    case 'data.find':
      return findItem(input, scope);
    case 'data.dedupe':
      return dedupeItems(input, scope.signal);
    case 'data.aggregate':
      return aggregateItems(input, scope.signal);
    case 'data.concat':
      return concatLists(input, scope.signal);
    case 'data.parseJson':
      return parseJson(input);
    case 'data.stringifyJson':
      return stringifyJson(input);
    case 'data.regexExtract':
      return regexExtract(input, scope);
    case 'data.regexReplace':
      return regexReplace(input, scope);
    default:
      throw new StepFailure('InvalidStepInput', `\`${type}\` is not a data step.`);
  }
}
