import { StepFailure } from '../failures/step_failure.ts';
import type { DataStepScope } from './data_step_scope.ts';
import { OutputBudget } from './output_budget.ts';
import type { PatternRequest, PatternResult } from './pattern_matcher.ts';
import { MAX_SETTINGS, type StepInput } from './step_input.ts';

const MAX_PATTERN_LENGTH = 10_000;
const MAX_TEXT_LENGTH = 100_000;

/**
 * Maximum number and characters of the texts in one request. Each request may take a second, and
 * requests of other runs get their turn between them.
 */
const MAX_BATCH_LENGTH = 10_000;
const MAX_BATCH_SIZE = 1_000_000;

/** Fields of the output, each with the group of the pattern that it shows. */
type FieldGroups = readonly (readonly [field: string, group: string])[];

/** `source` of a step: one text, or a list. Members of a list may be of any kind. */
interface Source {
  readonly isList: boolean;
  readonly members: readonly unknown[];
}

type RegexScope = Pick<DataStepScope, 'patterns' | 'signal'>;

/**
 * Runs `data.regexExtract`: for each text, returns an object with the groups of the first match.
 * Returns null for a text without a match, and for a member of a list that is not text.
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
 * Runs `data.regexReplace`: returns the text, or the list of texts, with replaced matches. Members
 * of a list that are not text are returned unchanged.
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

/** Yields each member in order. A member that is text has its match result. */
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

/**
 * Divides members into batches. There is at least one batch, so that the pattern is also checked
 * when the list is empty.
 */
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

/**
 * Value of a group: `$0` is the whole match, `$1` a group by its number, anything else the name of
 * a group. `null`: no such group, or it did not match.
 */
function groupOf(group: string, { groups = [], named = {} }: PatternResult): string | null {
  const [, number] = /^\$(\d{1,4})$/.exec(group) ?? [];
  if (number !== undefined) return groups[Number(number)] ?? null;
  return Object.hasOwn(named, group) ? (named[group] ?? null) : null;
}
