import type { DocumentPath } from '../document/document_positions.ts';
import { inputSchema } from '../inputs/input_schema.ts';
import { inputsSchema, triggerInputsSchema } from '../inputs/resolve_inputs.ts';
import { validateAuthorSchema } from '../schema/author_schema.ts';
import type { JsonSchema } from '../schema/json_schema.ts';
import { validateSchema } from '../schema/validate_schema.ts';
import { ARRAY_INPUT, EVENTS } from '../schema/workflow_schema.ts';
import { templateForm } from '../templates/template_form.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { didYouMean } from '../values/suggestion.ts';
import { checkDeclaredSchema } from './check_declared_schema.ts';
import type { Findings } from './diagnostic.ts';
import { type LocatedText, textsIn } from './step_texts.ts';

const hasTemplate = (text: string): boolean => templateForm(text).kind !== 'plain';

/** Checks the inputs of the document and of its triggers, and the outputs. */
export function checkInputs(document: unknown, findings: Findings): void {
  checkFields(ownProperty(document, 'inputs'), ['inputs'], findings);
  checkFields(ownProperty(document, 'outputs'), ['outputs'], findings);
  const triggers = ownProperty(document, 'triggers');
  for (const [index, trigger] of (Array.isArray(triggers) ? triggers : []).entries()) {
    checkFields(ownProperty(trigger, 'inputs'), ['triggers', index, 'inputs'], findings);
    checkUnattended(document, { trigger, path: ['triggers', index] }, findings);
  }
}

/** A schedule and an event give no inputs, so those that are required are missing in each run. */
function checkUnattended(
  document: unknown,
  { trigger, path }: { readonly trigger: unknown; readonly path: DocumentPath },
  findings: Findings,
): void {
  const type = String(ownProperty(trigger, 'type'));
  if (type !== 'scheduled' && !EVENTS.includes(type)) return;
  const names = (schema: JsonSchema | undefined): readonly string[] => {
    const required = ownProperty(schema, 'required');
    const properties = ownProperty(schema, 'properties');
    return (Array.isArray(required) ? required : []).filter(
      (name) => ownProperty(ownProperty(properties, String(name)), 'default') === undefined,
    );
  };
  const [failing] = names(triggerInputsSchema(document, type));
  const [empty] = names(inputsSchema(document));
  const name = failing ?? empty;
  if (name === undefined) return;
  const effect = failing === undefined ? 'it is empty in these runs' : 'each of these runs fails';
  findings.warning('missingRequiredInput', {
    path: [...path, 'type'],
    message: `Nobody enters the input \`${name}\` when \`${type}\` starts a run, so ${effect}. Give it a \`default\`.`,
  });
}

function checkFields(fields: unknown, path: DocumentPath, findings: Findings): void {
  if (Array.isArray(fields)) {
    const names = new Set<unknown>();
    for (const [index, field] of fields.entries()) {
      checkField(field, [...path, index], findings);
      const name = ownProperty(field, 'name');
      if (typeof name === 'string' && names.has(name)) {
        const message = `Another one is called \`${name}\`. The last one is used.`;
        findings.warning('schemaViolation', { path: [...path, index, 'name'], message });
      }
      names.add(name);
    }
    return;
  }
  const properties = ownProperty(fields, 'properties');
  if (isRecord(fields) && properties === undefined) {
    const message = `Write a list of ${path.at(-1)}, or a JSON Schema with \`properties\`.`;
    findings.error('schemaViolation', { path, message });
  }
  checkDeclaredSchema(fields, path, findings);
  // References of a property lead to definitions of the whole schema.
  const definitions = Object.fromEntries(
    ['$defs', 'definitions'].map((key) => [key, ownProperty(fields, key)]),
  );
  for (const [name, schema] of Object.entries(isRecord(properties) ? properties : {})) {
    const value = ownProperty(schema, 'default');
    if (value === undefined || !isRecord(schema)) continue;
    const propertyPath = [...path, 'properties', name, 'default'];
    const owner = { ...definitions, properties: { [name]: schema } };
    const [issue] = validateAuthorSchema(owner, { [name]: value }, hasTemplate);
    if (issue !== undefined) {
      findings.error('invalidDefaultValue', {
        path: propertyPath,
        message: issue.message,
        fault: issue.fault,
      });
    }
  }
}

function checkField(field: unknown, path: DocumentPath, findings: Findings): void {
  const issues = validateSchema(ARRAY_INPUT, field, hasTemplate);
  for (const issue of issues) {
    const issuePath = [...path, ...issue.path];
    if (issue.kind === 'unknown_key') {
      const message = `The key \`${issuePath.at(-1)}\` is unknown here and ignored.`;
      findings.warning('schemaViolation', { path: issuePath, at: 'key', message });
    } else {
      const isType = issue.path.length === 1 && issue.path[0] === 'type';
      const repair = isType ? typeRepair(ownProperty(field, 'type')) : undefined;
      const words =
        repair === undefined
          ? { message: issue.message, fault: issue.fault }
          : { ...repair, message: `${issue.message}${repair.message}` };
      findings.error('schemaViolation', { path: issuePath, ...words });
    }
  }
  if (!isRecord(field) || issues.some(({ kind }) => kind !== 'unknown_key')) return;
  const options = ownProperty(field, 'options');
  if (field['type'] === 'choice' && options === undefined) {
    findings.error('schemaViolation', { path, message: 'A choice needs `options`.' });
    return;
  }
  const value = ownProperty(field, 'default');
  if (value === undefined || (typeof value === 'string' && hasTemplate(value))) return;
  const defaultPath = [...path, 'default'];
  if (field['type'] === 'choice' && Array.isArray(options) && !options.includes(value)) {
    const message = 'The default is not one of the options.';
    findings.warning('invalidDefaultValue', { path: defaultPath, message });
    return;
  }
  if (field['type'] === 'array' && Array.isArray(value) && !isOfOneKind(value)) {
    const message = 'The members are texts, numbers or booleans, all of one kind.';
    findings.error('invalidDefaultValue', { path: defaultPath, message });
    return;
  }
  const [issue] = validateAuthorSchema(inputSchema(field), value, hasTemplate);
  if (issue !== undefined) {
    findings.error('invalidDefaultValue', {
      path: defaultPath,
      message: issue.message,
      fault: issue.fault,
    });
  }
}

/** Types of other schema languages, and the ones of inputs that mean the same. */
const OTHER_TYPES: Readonly<Record<string, string>> = {
  bool: 'boolean',
  float: 'number',
  int: 'number',
  integer: 'number',
  list: 'array',
  text: 'string',
};

/** Hint for a type that the list form of inputs lacks. `undefined`: none is known. */
function typeRepair(type: unknown): { message: string; replacement?: string } | undefined {
  if (type === 'object')
    return {
      message: ' For an object, write a JSON Schema with `properties` in place of the list.',
    };
  const replacement =
    typeof type === 'string' && Object.hasOwn(OTHER_TYPES, type) ? OTHER_TYPES[type] : undefined;
  return replacement === undefined ? undefined : { message: didYouMean(replacement), replacement };
}

/** Returns `true` if the members are all texts, all numbers or all booleans. */
function isOfOneKind(members: readonly unknown[]): boolean {
  const kinds = new Set(members.map((member) => typeof member));
  return kinds.size <= 1 && [...kinds].every((kind) => /^(?:string|number|boolean)$/.test(kind));
}

/**
 * Texts with templates in the defaults of all inputs, in the document and in its triggers. They are
 * rendered when a run starts.
 */
export function defaultTextsOf(document: unknown): readonly LocatedText[] {
  const triggers = ownProperty(document, 'triggers');
  return [
    ...defaultTextsIn(ownProperty(document, 'inputs'), ['inputs']),
    ...(Array.isArray(triggers) ? triggers : []).flatMap((trigger, index) =>
      defaultTextsIn(ownProperty(trigger, 'inputs'), ['triggers', index, 'inputs']),
    ),
  ];
}

function defaultTextsIn(fields: unknown, path: DocumentPath): readonly LocatedText[] {
  const below = Array.isArray(fields) ? [] : ['properties'];
  const owner = Array.isArray(fields) ? fields : ownProperty(fields, 'properties');
  if (typeof owner !== 'object' || owner === null) return [];
  return Object.entries(owner).flatMap(([name, field]: [string, unknown]) => {
    const key = Array.isArray(owner) ? Number(name) : name;
    const texts = textsIn(ownProperty(field, 'default'), [...path, ...below, key, 'default']);
    return texts.filter(({ text }) => hasTemplate(text));
  });
}
