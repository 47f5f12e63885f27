import valid from 'semver/functions/valid.js';
import validRange from 'semver/ranges/valid.js';
import type { DocumentPath } from '../document/document_positions.ts';
import {
  boolean,
  type JsonSchema,
  list,
  object,
  oneOf,
  record,
  text,
} from '../schema/json_schema.ts';
import { type SchemaIssue, validateSchema } from '../schema/validate_schema.ts';
import { isRecord, ownProperty } from '../values/read_path.ts';
import { didYouMean, similarName } from '../values/suggestion.ts';
import type { Findings } from './diagnostic.ts';
import { warnOfKey } from './warn_of_key.ts';

const KEY = 'template-metadata';

/** Matches names of templates, which are part of a URL. */
const SLUG = /^[a-z0-9][a-z0-9-]*[a-z0-9]$/;

/** Maximum characters of a version, and of a range of versions. */
const MAX_VERSION = 256;

const METADATA: JsonSchema = object({
  slug: text({ minLength: 1, maxLength: 1_024 }),
  version: text({ minLength: 1, maxLength: MAX_VERSION }),
  availability: text({ minLength: 1, maxLength: MAX_VERSION }),
  name: text({ minLength: 1, maxLength: 1_024 }),
  description: text({ minLength: 1, maxLength: 4_096 }),
  'solutions?': list(text({ minLength: 1, maxLength: 256 }), { maxItems: 10 }),
  categories: list(text({ minLength: 1, maxLength: 256 }), { minItems: 1, maxItems: 100 }),
  'icon?': text({ minLength: 1 }),
  'install?': object({ form: list(record(), { maxItems: 100 }) }),
});

const option = object({
  value: text({ minLength: 1, maxLength: 1_024 }),
  label: text({ minLength: 1, maxLength: 1_024 }),
});

const given = text({ maxLength: 1_024 });

/** Kinds of fields of the form, with their own keys and the schema of their default. */
const FIELDS: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>> = {
  text: { 'default?': given },
  textarea: { 'default?': given },
  select: { 'default?': given, options: list(option, { maxItems: 100 }) },
  boolean: { 'default?': boolean() },
  number: { 'default?': { type: 'number' } },
  connector: { 'default?': given, connectorType: text({ minLength: 1, maxLength: 256 }) },
  esIndex: { 'default?': given },
};

/** Keys of a field whose kind is not known. */
const ANY_FIELD: Readonly<Record<string, JsonSchema>> = {
  'default?': {},
  'options?': {},
  'connectorType?': {},
};

/**
 * Checks the facts for a library of workflows, and the places that its form fills in. A run ignores
 * them, so all findings are warnings.
 */
export function checkTemplateMetadata(document: object, findings: Findings): void {
  const metadata = ownProperty(document, KEY);
  if (!isRecord(metadata)) return;
  reportIssues({ schema: METADATA, value: metadata, path: [KEY] }, findings);
  checkTexts(metadata, findings);
  const form = ownProperty(ownProperty(metadata, 'install'), 'form');
  const fields = Array.isArray(form) ? form : [];
  for (const [index, field] of fields.entries()) checkField(field, index, findings);
  const names = fields.flatMap((field: unknown) => {
    const name = ownProperty(field, 'name');
    return typeof name === 'string' ? [name] : [];
  });
  for (const [key, value] of Object.entries(document)) {
    if (key !== KEY) checkPlaceholders({ value, path: [key] }, names, findings);
  }
}

function checkTexts(metadata: object, findings: Findings): void {
  const warn = (key: string, isRight: (text: string) => boolean, message: string): void => {
    const value = ownProperty(metadata, key);
    if (typeof value !== 'string' || value === '' || isRight(value)) return;
    findings.warning('schemaViolation', { path: [KEY, key], message });
  };
  const slug = 'Write small letters, digits and dashes, such as `hash-check`.';
  warn('slug', (value) => SLUG.test(value), slug);
  warn('version', isVersion, 'Write a version with three numbers, such as 1.0.0.');
  const range = 'Write the versions that can run the template, such as `>=9.5.0 <9.6.0`.';
  warn('availability', isVersionRange, range);
}

/**
 * Returns `true` if a text is a version of Semantic Versioning 2.0.0. One that is too long is
 * reported.
 */
const isVersion = (text: string): boolean => text.length > MAX_VERSION || valid(text) !== null;

/** Returns `true` if a text is a range of versions, as npm writes them. */
const isVersionRange = (text: string): boolean =>
  text.length > MAX_VERSION || validRange(text) !== null;

function checkField(field: unknown, index: number, findings: Findings): void {
  if (!isRecord(field)) return;
  const inputType = ownProperty(field, 'inputType');
  const own = typeof inputType === 'string' && Object.hasOwn(FIELDS, inputType);
  const schema = object({
    name: text({ minLength: 1, maxLength: 1_024 }),
    'label?': text({ minLength: 1, maxLength: 1_024 }),
    'description?': text({ minLength: 1, maxLength: 4_096 }),
    inputType: oneOf(Object.keys(FIELDS)),
    'required?': boolean(),
    ...(own ? FIELDS[inputType] : ANY_FIELD),
  });
  const path = [KEY, 'install', 'form', index];
  reportIssues({ schema, value: field, path }, findings);
  if (inputType === 'select') checkChoice(field, path, findings);
}

/** Reports a default that is none of the options. */
function checkChoice(field: object, path: DocumentPath, findings: Findings): void {
  const options = ownProperty(field, 'options');
  const value = ownProperty(field, 'default');
  if (!Array.isArray(options) || typeof value !== 'string') return;
  const values = options.flatMap((each: unknown) => {
    const one = ownProperty(each, 'value');
    return typeof one === 'string' ? [one] : [];
  });
  if (values.length === options.length)
    reportIssues({ schema: oneOf(values), value, path: [...path, 'default'] }, findings);
}

interface Part {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly path: DocumentPath;
}

function reportIssues({ schema, value, path }: Part, findings: Findings): void {
  for (const issue of validateSchema(schema, value)) reportIssue(issue, path, findings);
}

function reportIssue(issue: SchemaIssue, path: DocumentPath, findings: Findings): void {
  const issuePath = [...path, ...issue.path];
  const { message, fault } = issue;
  if (issue.kind !== 'unknown_key') {
    findings.warning('schemaViolation', { path: issuePath, message, fault });
    return;
  }
  const names = issue.allowedKeys;
  warnOfKey({ path: issuePath, kind: 'unknownKey', names }, findings);
}

/** Reports each text such as `__install__.name` whose name no field of the form has. */
function checkPlaceholders(
  root: { readonly value: unknown; readonly path: DocumentPath },
  names: readonly string[],
  findings: Findings,
): void {
  // An alias is the same object as its anchor.
  const seen = new Set<object>();
  const visit = (value: unknown, path: DocumentPath): void => {
    if (findings.isFull) return;
    if (typeof value === 'string') {
      for (const { 1: name = '', index } of value.matchAll(/__install__\.([\w-]+)/g)) {
        if (names.includes(name)) continue;
        const replacement = similarName(name, names);
        const start = index + '__install__.'.length;
        findings.warning('schemaViolation', {
          path,
          message: `The form of the template has no field \`${name}\`.${didYouMean(replacement)}`,
          at: { start, end: start + name.length },
          ...(replacement !== undefined && { replacement }),
        });
      }
    }
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    for (const [key, each] of Object.entries(value)) {
      visit(each, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(root.value, root.path);
}
