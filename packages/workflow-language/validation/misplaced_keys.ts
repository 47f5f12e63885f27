import type { DocumentPath } from '../document/document_positions.ts';
import type { SchemaIssue } from '../schema/validate_schema.ts';
import { didYouMean } from '../values/suggestion.ts';

/**
 * Keys that other types of steps need, and what to write instead. A run would ignore them together
 * with the steps or values in them.
 */
const KEYS_OF_OTHER_STEPS: Readonly<Record<string, string>> = {
  condition: 'Write `if`: only the steps `if` and `while` have a `condition`.',
  steps:
    'Only `if`, `foreach`, `while` and `parallel` have `steps`. Put the steps into one of these, or after this one.',
  cases: 'Only `switch` has `cases`. Change the `type` to `switch`.',
  expression: 'Only `switch` has an `expression`. Change the `type` to `switch`.',
  branches: 'Only `parallel` has `branches`. Change the `type` to `parallel`.',
  items:
    'Only steps such as `data.map` and `data.filter` have `items`. To run this step for each member of a list, write `foreach`.',
  arrays: 'Only `data.concat` has `arrays`. Write the values below `with`.',
  source:
    'Only steps such as `data.parseJson` and `data.regexExtract` have a `source`. Write the values below `with`.',
};

/** Keys that only have another name where they stand. */
export const REPLACED_KEYS: Readonly<Record<string, string>> = {
  condition: 'if',
  case: 'match',
  interval: 'every',
  items: 'foreach',
};

/** Keys of other workflow languages, after the type of step, and the key to write instead. */
const KEYS_OF_OTHER_LANGUAGES: ReadonlyMap<string, string> = new Map([
  ['if.if', 'condition'],
  ['if.then', 'steps'],
  ['foreach.do', 'steps'],
  ['foreach.iterate', 'foreach'],
  ['while.do', 'steps'],
]);

/** The key that a type of step has instead of a key of another language. */
export const keyInstead = (stepType: string, key: string): string | undefined =>
  KEYS_OF_OTHER_LANGUAGES.get(`${stepType}.${key}`);

/** The fault of a key, by its place. Undefined: it is only unknown. */
export function misplacedKey(path: DocumentPath, isOfStep: boolean): string | undefined {
  const key = String(path.at(-1));
  if (isOfStep)
    return Object.hasOwn(KEYS_OF_OTHER_STEPS, key) ? KEYS_OF_OTHER_STEPS[key] : undefined;
  const isOfTrigger = path[0] === 'triggers';
  if (isOfTrigger && key === 'condition' && path.length === 3)
    return 'Write it below `on`: `on: { condition: … }`.';
  if (isOfTrigger && key === 'interval' && path.at(-2) === 'with')
    return 'Write `every`: older versions called it `interval`.';
  const isOfCase = path.at(-3) === 'cases' && typeof path.at(-2) === 'number';
  if (key === 'case' && isOfCase && !path.includes('with'))
    return 'Write `match`: a case is chosen by `match`.';
  return undefined;
}

/** Hint for an unknown key for which a similar name would not help. `undefined`: there is none. */
export function keyHint(path: DocumentPath, isOfStep: boolean): string | undefined {
  const key = path.at(-1);
  if (/^(?:el(?:s|se[-_ ]?)?if)$/i.test(String(key))) return ' Write an `if` step below `else`.';
  if (key === 'timeout' && path.at(-2) === 'with') return ' Write `timeout` beside `with`.';
  if (isOfStep && key === 'with') return ' Write its keys beside `type`.';
  if (key === 'run_as' && path[0] === 'settings')
    return ' A run always acts as its user, with the accounts of this user.';
  if (key === '<<')
    return ' YAML 1.2 has no merge key: write the keys themselves, or the alias as the whole value.';
  return key === 'byday' ? didYouMean('byweekday') : undefined;
}

/** Returns `true` if a missing key is there with another name. */
export function isRenamed(old: DocumentPath, { path, fault }: SchemaIssue): boolean {
  const owner = old.slice(0, -1);
  const isSameOwner = owner.length === path.length && owner.every((key, at) => key === path[at]);
  return isSameOwner && REPLACED_KEYS[String(old.at(-1))] === fault.values['name'];
}
