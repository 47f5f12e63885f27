import { StepFailure } from '../failures/step_failure.ts';
import type { DataStepScope } from './data_step_scope.ts';
import { OutputBudget } from './output_budget.ts';
import type { PatternRequest, PatternResult } from './pattern_matcher.ts';
import { MAX_SETTINGS, type StepInput } from './step_input.ts';

const MAX_PATTERN_LENGTH = 10_000;
const MAX_TEXT_LENGTH = 100_000;

/**
 * Texts and characters of one request. Each request has a second, and those of other runs come
 * between them.
 */
const MAX_BATCH_LENGTH = 10_000;
const MAX_BATCH_SIZE = 1_000_000;

/** Fields of the output, and the group of the pattern that each one takes. */
type FieldGroups = readonly (readonly [field: string, group: string])[];

/** `source` of a step: one text, or a list whose members may be of any kind. */
interface Source {
  readonly isList: boolean;
  readonly members: readonly unknown[];
}

type RegexScope = Pick<DataStepScope, 'patterns' | 'signal'>;

/**
 * Runs `data.regexExtract`: an object with the groups of the first match, for each text. A text
 * without a match gives null, and so does a member of a list that is not text.
 * @throws StepFailure `NoMatch` with `errorIfNoMatch`, `InvalidStepInput`
 */
export async function regexExtract(input: StepInput, scope: RegexScope): Promise<unknown> {
  const fields = fieldGroups(input);
  const mustMatch = input.flag('errorIfNoMatch');
  const request = readPattern(input);
  const { isList, members } = readSource(input);
  const output: unknown[] = [];
  const budget = new OutputBudget();
  for await (const { result } of searched(members, request, scope)) {
    if (result?.groups === undefined && mustMatch) {
      const place = isList ? `source[${output.length}]` : 'source';
      throw new StepFailure('NoMatch', `\`with.pattern\` does not match \`${place}\`.`);
    }
    output.push(result?.groups === undefined ? null : extracted(fields, result, budget));
  }
  return isList ? output : output[0];
}

/**
 * Runs `data.regexReplace`: the text, or the list of texts, after the replacement. Members of a
 * list that are no texts stay as they are.
 * @throws StepFailure `InvalidStepInput`
 */
export async function regexReplace(input: StepInput, scope: RegexScope): Promise<unknown> {
  const isDetailed = input.flag('detailed');
  const request = { ...readPattern(input), replacement: input.text('with.replacement') };
  const { isList, members } = readSource(input);
  const output: unknown[] = [];
  const budget = new OutputBudget();
  let matchCount = 0;
  for await (const { member, result } of searched(members, request, scope)) {
    budget.use(result?.replaced?.length ?? 0);
    matchCount += result?.count ?? 0;
    output.push(result?.replaced ?? member);
  }
  const replaced = isList ? output : output[0];
  return isDetailed ? { original: input.value('source'), replaced, matchCount } : replaced;
}

/** Yields each member in order; members that are text come with their match result. */
async function* searched(
  members: readonly unknown[],
  request: Omit<PatternRequest, 'texts'>,
  { patterns, signal }: RegexScope,
): AsyncGenerator<{ readonly member: unknown; readonly result: PatternResult | undefined }, void> {
  for (const batch of batches(members)) {
    signal?.throwIfAborted();
    const texts = batch.filter((member) => typeof member === 'string');
    const results = (await patterns.match({ ...request, texts })).values();
    for (const member of batch) {
      yield { member, result: typeof member === 'string' ? results.next().value : undefined };
    }
  }
}

/** At least one batch, so that the pattern is checked for an empty list as well. */
function batches(members: readonly unknown[]): readonly (readonly unknown[])[] {
  let batch: unknown[] = [];
  let characters = 0;
  const all = [batch];
  for (const member of members) {
    const length = typeof member === 'string' ? member.length : 0;
    characters += length;
    if (batch.length >= MAX_BATCH_LENGTH || (batch.length > 0 && characters > MAX_BATCH_SIZE)) {
      batch = [];
      characters = length;
      all.push(batch);
    }
    batch.push(member);
  }
  return all;
}

function readPattern(input: StepInput): { readonly pattern: string; readonly flags: string } {
  const pattern = input.text('with.pattern');
  if (pattern === '' || pattern.length > MAX_PATTERN_LENGTH) {
    input.fail('with.pattern', `text of 1 to ${MAX_PATTERN_LENGTH} characters`);
  }
  return { pattern, flags: input.isAbsent('with.flags') ? '' : input.text('with.flags') };
}

function readSource(input: StepInput): Source {
  const value = input.value('source');
  const isList = Array.isArray(value);
  if (!isList && typeof value !== 'string') input.fail('source', 'text or a list of texts');
  const members = isList ? input.list('source') : [value];
  for (const member of members) {
    if (typeof member !== 'string' || member.length <= MAX_TEXT_LENGTH) continue;
    const message = `A text of \`source\` has ${member.length} characters; at most ${MAX_TEXT_LENGTH} are allowed.`;
    throw new StepFailure('InvalidStepInput', message);
  }
  return { isList, members };
}

function fieldGroups(input: StepInput): FieldGroups {
  const fields = Object.entries(input.object('with.fields'));
  if (fields.length > MAX_SETTINGS) {
    const message = `\`with.fields\` has ${fields.length} fields; at most ${MAX_SETTINGS} are allowed.`;
    throw new StepFailure('InvalidStepInput', message);
  }
  return fields.map(([field, group]) =>
    typeof group === 'string'
      ? [field, group]
      : input.fail('with.fields', 'an object of texts such as `$1` or the name of a group'),
  );
}

function extracted(fields: FieldGroups, result: PatternResult, budget: OutputBudget): unknown {
  const entries = fields.map(([field, group]) => {
    const value = groupOf(group, result);
    budget.use(field.length + (value?.length ?? 0));
    return [field, value] as const;
  });
  return Object.fromEntries(entries);
}

/** `$0` is the whole match, `$1` a group by number, anything else the name of a group. */
function groupOf(group: string, { groups = [], named = {} }: PatternResult): string | null {
  const [, number] = /^\$(\d{1,4})$/.exec(group) ?? [];
  if (number !== undefined) return groups[Number(number)] ?? null;
  return Object.hasOwn(named, group) ? (named[group] ?? null) : null;
}
