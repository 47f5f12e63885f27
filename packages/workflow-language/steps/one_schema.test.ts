import { describe, expect, it } from 'vitest';
import { registry } from '../completion/completion.mock.ts';
import { TRIGGER_TYPES } from '../completion/suggest_values.ts';
import { suggestionsAt } from '../completion/suggestions_at.ts';
import { validateWorkflow } from '../validation/validate_workflow.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { documentSchema } from './document_schema.ts';

/**
 * The schema that the API returns, the completion of the editor, and the validation must know the
 * same words. Each side is asked through its own entry point.
 */
const schema = documentSchema(registry, { isLoose: false });
const types = registry.list().map(({ type }) => type);

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>(ownProperty, value);
const keysOf = (value: unknown): readonly string[] =>
  isRecord(value) ? Object.keys(value).sort() : [];

/** Schema of the steps of a type, as the document of `GET /api/workflows/schema` has it. */
function stepSchema(type: string): unknown {
  const all = at(schema, '$defs', 'step', 'allOf');
  const branches = Array.isArray(all) ? all : [];
  const isOf = (branch: unknown) =>
    JSON.stringify(at(branch, 'if', 'properties', 'type', 'enum')) === JSON.stringify([type]);
  return at(branches.find(isOf), 'then');
}

/** Keys that the schema of a type allows in `with`. */
const withOf = (type: string): unknown => at(stepSchema(type), 'properties', 'with', 'properties');

/** Labels of the completion at the mark `‸`. */
const completed = (marked: string, kind: string): readonly string[] => {
  const found = suggestionsAt(marked.replace('‸', ''), marked.indexOf('‸'), { registry });
  return (found?.items ?? []).flatMap((item) => (item.kind === kind ? [item.label] : [])).sort();
};

const UNKNOWN = new Set<unknown>(['unknownKey', 'ignoredKey']);

/** The keys of an object that the validation knows. The object is at a path of the document. */
function known(
  text: (key: string) => string,
  path: readonly (string | number)[],
  candidates: readonly string[],
): readonly string[] {
  return candidates
    .filter((key) => {
      const { diagnostics } = validateWorkflow(text(key), { registry });
      return !diagnostics.some(
        ({ path: where, fault, ruleId }) =>
          JSON.stringify(where) === JSON.stringify([...path, key]) &&
          ruleId === 'schemaViolation' &&
          // A key of other step types has words of its own, and no fault.
          (fault === undefined || UNKNOWN.has(fault.id)),
      );
    })
    .sort();
}

const HEAD = 'name: w\ntriggers: [{ type: manual }]\nsteps:\n';
const allKeys = [...new Set(types.flatMap((type) => keysOf(at(stepSchema(type), 'properties'))))];

describe('the schema, the completion and the validation know the same', () => {
  it('step types', () => {
    const ofSchema = at(schema, '$defs', 'step', 'properties', 'type', 'enum');
    expect(ofSchema).toEqual(types);
    expect(completed(`${HEAD}  - name: a\n    type: ‸\n`, 'stepType')).toEqual([...types].sort());
    const refused = [...types, 'data.unknown'].filter((type) =>
      validateWorkflow(`${HEAD}  - { name: a, type: ${type} }\n`, { registry }).diagnostics.some(
        ({ path, ruleId }) => path.at(-1) === 'type' && ruleId === 'schemaViolation',
      ),
    );
    expect(refused).toEqual(['data.unknown']);
  });

  it.each(types)('keys of steps of the type %s', (type) => {
    const ofSchema = keysOf(at(stepSchema(type), 'properties'));
    const step = `${HEAD}  - name: a\n    type: ${type}\n`;
    expect(ofSchema).toEqual(expect.arrayContaining(['name', 'type', 'max-step-size']));
    expect([...completed(`${step}    ‸\n`, 'key'), 'name', 'type'].sort()).toEqual(ofSchema);
    const accepted = known((key) => `${step}    ${key}: 1\n`, ['steps', 0], [...allKeys, 'other']);
    expect([...new Set([...accepted, 'name', 'type'])].sort()).toEqual(ofSchema);
  });

  const withKeys = types.filter((type) => keysOf(withOf(type)).length > 0);

  it.each(withKeys)('keys of `with` of steps of the type %s', (type) => {
    const ofSchema = keysOf(withOf(type));
    const step = `${HEAD}  - name: a\n    type: ${type}\n    with:\n`;
    expect(completed(`${step}      ‸\n`, 'key')).toEqual(ofSchema);
    const path = ['steps', 0, 'with'];
    const isOpen = at(stepSchema(type), 'properties', 'with', 'additionalProperties') === true;
    const candidates = [...ofSchema, ...(isOpen ? [] : ['other'])];
    expect(known((key) => `${step}      ${key}: 1\n`, path, candidates)).toEqual(ofSchema);
  });

  it('trigger types', () => {
    const ofSchema = at(schema, '$defs', 'trigger', 'properties', 'type', 'examples');
    const names = TRIGGER_TYPES.map(([type]) => type);
    expect(names).toEqual(expect.arrayContaining(ofSchema as string[]));
    expect(completed('name: w\ntriggers:\n  - type: ‸\n', 'trigger')).toEqual([...names].sort());
    const refused = [...names, 'nothing'].filter((type) =>
      validateWorkflow(`name: w\ntriggers: [{ type: ${type} }]\nsteps: []\n`, {
        registry,
      }).diagnostics.some(({ path, severity }) => severity === 'error' && path.at(-1) === 'type'),
    );
    expect(refused).toEqual(['nothing']);
  });

  it.each([
    ['the document', [], ''],
    ['settings', ['settings'], 'settings:\n  '],
    ['settings.concurrency', ['settings', 'concurrency'], 'settings:\n  concurrency:\n    '],
    ['settings.on-failure', ['settings', 'on-failure'], 'settings:\n  on-failure:\n    '],
  ] as const)('keys of %s', (_, path, before) => {
    const ofSchema = keysOf(
      at(schema, ...path.flatMap((key) => ['properties', key]), 'properties'),
    );
    expect(ofSchema.length).toBeGreaterThan(1);
    expect(completed(`${before}‸\n`, 'key')).toEqual(ofSchema);
    const candidates = [...ofSchema, 'other'];
    // The diagnostic of a `version` that is a number does not say that another type is needed, so a
    // text is used.
    const textOf = (key: string): string => `${before}${key}: ${key === 'version' ? '"1"' : 1}\n`;
    expect(known(textOf, path, candidates)).toEqual(ofSchema);
  });
});
