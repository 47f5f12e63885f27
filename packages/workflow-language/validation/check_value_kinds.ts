import type { DocumentPath } from '../document/document_positions.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import { formNames } from '../schema/schema_fault.ts';
import { schemasAt } from '../schema/schema_walk.ts';
import { isHumanStep } from '../steps/step_type.ts';
import { evaluatedForm, templateForm } from '../templates/template_form.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import type { Findings, RuleId } from './diagnostic.ts';
import { type LocatedText, textsIn, textsOf } from './step_texts.ts';
import type { StepNode } from './step_tree.ts';

const LIST: JsonSchema = { type: 'array' };
const LIST_OR_OBJECT: JsonSchema = { type: ['array', 'object'] };

/**
 * Kinds of the values that steps need at a key, by the type of step. The schemas of these keys also
 * allow a text, because a template is one.
 */
const NEEDED: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  'data.map': { items: LIST_OR_OBJECT },
  'data.filter': { items: LIST },
  'data.find': { items: LIST },
  'data.dedupe': { items: LIST },
  'data.aggregate': { items: LIST },
  'data.concat': { arrays: LIST, 'arrays.*': LIST },
};

/** Warns of texts and of `{{ }}` where a step needs a list, a number or another value. */
export function checkValueKinds(node: StepNode, findings: Findings): void {
  const { stepType, path } = node;
  if (stepType === undefined) return;
  for (const text of textsOf(node)) {
    const below = text.path.slice(path.length);
    const key = below.map((each) => (typeof each === 'number' ? '*' : each)).join('.');
    const needed = ownProperty(NEEDED[stepType.type], key) as JsonSchema | undefined;
    if (needed !== undefined) {
      reportText(text, { kinds: kindsOf([needed]), ruleId: 'schemaViolation' }, findings);
    } else if (templateForm(text.text).kind === 'text' && !findings.hasErrorAt(text.path)) {
      const kinds = kindsOf(schemasAt(stepType.keys, below));
      reportText(text, { kinds, ruleId: 'schemaViolation' }, findings);
    }
  }
}

/** Warns of `{{ }}` in a value whose schema needs a number or another value there. */
export function checkTextKinds(
  { schema, value, path }: { schema: JsonSchema; value: unknown; path: DocumentPath },
  ruleId: RuleId,
  findings: Findings,
): void {
  for (const text of textsIn(value, path)) {
    if (templateForm(text.text).kind !== 'text') continue;
    const kinds = kindsOf(schemasAt(schema, text.path.slice(path.length)));
    reportText(text, { kinds, ruleId }, findings);
  }
}

/**
 * Kinds that the schemas of a value allow. `undefined`: a text is one of them, or nothing is known.
 */
function kindsOf(schemas: readonly JsonSchema[]): readonly string[] | undefined {
  const kinds = new Set<string>();
  for (const schema of schemas) {
    const type = ownProperty(schema, 'type');
    const types = [type].flat().filter((each) => typeof each === 'string');
    if (types.length === 0 && !isCombination(schema)) return undefined;
    for (const each of types) kinds.add(each);
  }
  return kinds.size === 0 || kinds.has('string') ? undefined : [...kinds];
}

/** Returns `true` if a schema only names other schemas, which are in the same list. */
const isCombination = (schema: JsonSchema): boolean =>
  ['anyOf', 'oneOf', 'allOf', '$ref'].some((keyword) => ownProperty(schema, keyword) !== undefined);

interface NeededKinds {
  /** Kinds of the needed value. `undefined`: a text is one of them. */
  readonly kinds: readonly string[] | undefined;
  readonly ruleId: RuleId;
}

function reportText(
  { path, text }: LocatedText,
  { kinds, ruleId }: NeededKinds,
  findings: Findings,
): void {
  const { kind } = templateForm(text);
  if (kinds === undefined || kind === 'value') return;
  const needed = formNames(kinds);
  const replacement = expressionOf(text);
  const given = kind === 'plain' ? 'This is a text' : '`{{ }}` gives a text';
  const advice =
    replacement === undefined
      ? `Write ${needed}, or one \`\${{ expression }}\``
      : `Write \`${replacement}\``;
  findings.warning(ruleId, {
    path,
    message: `${given}, and ${needed} is needed here. ${advice}, which keeps the kind of its value.`,
    ...(replacement !== undefined && { replacement }),
  });
}

/** A path that begins with a name under which a run has values. */
const PATH = /^(?:inputs|steps|consts|variables|event|foreach)(?:\.[\w-]+|\[\d+\])+$/;

/**
 * A text as an expression that keeps the kind of its value, without a filter that gives a text.
 * `undefined`: the text is neither a path nor one expression.
 */
function expressionOf(text: string): string | undefined {
  const form = evaluatedForm(text);
  const written = form.kind === 'value' ? form.expression : PATH.test(text) ? text : undefined;
  return written && `\${{ ${written.replace(/\|\s*json\s*$/, '').trim()} }}`;
}

/** Keys of a step with values that are rendered, so that a template in a key is a mistake. */
const RENDERED_KEYS = ['with', 'items', 'source', 'arrays'];

/** Warns of templates in keys of objects, because only values are rendered. */
export function checkRenderedKeys({ step, path, stepType }: StepNode, findings: Findings): void {
  if (stepType === undefined) return;
  const visit = (value: unknown, below: DocumentPath): void => {
    if (typeof value !== 'object' || value === null || findings.isFull) return;
    if (isHumanStep(stepType) && below.join('.').endsWith('with.schema')) return;
    for (const [key, each] of Object.entries(value)) {
      const next = [...below, Array.isArray(value) ? Number(key) : key];
      if (isRecord(value) && templateForm(key).kind !== 'plain' && !findings.hasErrorAt(next)) {
        const message =
          'Keys are not rendered, so this one stays as it is. Create the object from a text with `data.parseJson`, and write `${{ steps.name.output }}` here.';
        findings.warning('schemaViolation', { path: next, at: 'key', message });
      }
      visit(each, next);
    }
  };
  for (const key of RENDERED_KEYS) visit(ownProperty(step, key), [...path, key]);
}
