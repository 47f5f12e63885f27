import {
  type AuthOption,
  type ConnectorForm,
  type FieldCondition,
  FORM_SECTIONS,
  type FormAction,
  type FormField,
  type FormSection,
} from './form_field.ts';

/** JSON Schema of draft 2020-12, with metadata for forms in addition to the standard keywords. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Called with the path of each part of a schema that no kind of field fits. */
type Report = (path: string) => void;

/**
 * Reads the form of a connector type from the JSON Schema of `{ config, secrets }`. Never throws: a
 * part that no kind of field fits becomes a text field, and its path is in `unknownParts`.
 * @param actions actions of the type, by name; a single action gives no choice. Default: none
 */
export function readConnectorForm(
  schema: JsonSchema,
  actions: Readonly<Record<string, ActionOfType>> = {},
): ConnectorForm {
  const unknownParts: string[] = [];
  const report: Report = (path) => unknownParts.push(path);
  const { config, secrets } = objectOf(schema['properties']);
  const fields = fieldsOf(objectOf(config), 'config', report);
  const options = authOptionsOf(objectOf(secrets), report);
  const known = ['authType', ...namesOf(fields)];
  return {
    config: withKnownConditions(fields, known, (name) => report(`config.${name}`)),
    authOptions: options.map((option) => ({
      ...option,
      fields: withKnownConditions(option.fields, [...known, ...namesOf(option.fields)], (name) =>
        report(`secrets.${name}`),
      ),
    })),
    ...actionsOf(actions),
    unknownParts,
  };
}

/** The parts of a type's action that the form shows. */
type ActionOfType = Pick<FormAction, 'label' | 'description'> & {
  readonly scope: FormAction['effect'];
};

function actionsOf(
  actions: Readonly<Record<string, ActionOfType>>,
): Pick<ConnectorForm, 'actions'> {
  const choices = Object.entries(actions).map(([name, { label, description, scope }]) => ({
    name,
    label,
    description,
    effect: scope,
  }));
  return choices.length > 1 ? { actions: choices } : {};
}

/** Reads the form of an action from its input schema. */
export function readActionForm(schema: JsonSchema): {
  readonly fields: readonly FormField[];
  readonly unknownParts: readonly string[];
} {
  const unknownParts: string[] = [];
  const report: Report = (path) => unknownParts.push(path);
  const fields = fieldsOf(schema, 'input', report);
  return {
    fields: withKnownConditions(fields, namesOf(fields), (name) => report(`input.${name}`)),
    unknownParts,
  };
}

const namesOf = (fields: readonly FormField[]): readonly string[] => fields.map(({ name }) => name);

/**
 * Removes conditions that name a field which does not exist: the condition could never be true, so
 * the field is always shown instead.
 */
function withKnownConditions(
  fields: readonly FormField[],
  known: readonly string[],
  report: (name: string) => void,
): readonly FormField[] {
  return fields.map((field) => {
    if (field.shownIf === undefined || known.includes(field.shownIf.field)) return field;
    report(field.name);
    return { ...field, shownIf: undefined };
  });
}

function authOptionsOf(secrets: JsonSchema, report: Report): readonly AuthOption[] {
  const alternatives = listOf(secrets['oneOf'] ?? secrets['anyOf']);
  if (alternatives.length > 0) return alternatives.map((option) => authOptionOf(option, report));
  return [authOptionOf(secrets, report)];
}

function authOptionOf(schema: JsonSchema, report: Report): AuthOption {
  const id = textOf(objectOf(objectOf(schema['properties'])['authType'])['const']) ?? '';
  return {
    id,
    label: textOf(schema['label']) ?? id,
    authMode: schema['authMode'] === 'per-user' ? 'per-user' : 'shared',
    isRecommended: schema['isRecommended'] === true || schema['recommend'] === true,
    isLegacy: schema['isLegacy'] === true || schema['hidden'] === true,
    isExperimental: schema['isExperimental'] === true,
    // The chosen card determines `authType`, so there is no field for it.
    fields: fieldsOf(schema, 'secrets', report).filter(({ name }) => name !== 'authType'),
  };
}

function fieldsOf(schema: JsonSchema, path: string, report: Report): readonly FormField[] {
  const required = new Set(listOf<unknown>(schema['required']));
  return Object.entries(objectOf(schema['properties'])).map(([name, part]) =>
    fieldOf({ name, path: `${path}.${name}`, isRequired: required.has(name) }, part, report),
  );
}

interface Place {
  readonly name: string;
  readonly path: string;
  readonly isRequired: boolean;
}

function fieldOf({ name, path, isRequired }: Place, part: unknown, report: Report): FormField {
  const schema = withoutNull(objectOf(part));
  const isHidden = schema['hidden'] === true;
  const base = {
    name,
    label: textOf(schema['label']) ?? textOf(schema['title']) ?? name,
    helpText: textOf(schema['helpText']) ?? textOf(schema['description']),
    placeholder: textOf(schema['placeholder']),
    isRequired,
    requiredUnless: conditionOf(schema['requiredUnless']),
    requiredIf: conditionOf(schema['requiredIf']),
    shownIf: conditionOf(schema['shownIf']),
    isHidden,
    isDisabled: schema['disabled'] === true,
    section: sectionOf(schema['section']),
    initial: schema['default'],
  };
  const kind = kindOf(schema);
  if (kind !== undefined) return { ...base, ...kind };
  if (!isHidden) report(path);
  return { ...base, kind: 'text' };
}

type Kind = FormField extends infer F
  ? F extends FormField
    ? Omit<F, keyof CommonKeys>
    : never
  : never;
type CommonKeys = Pick<
  FormField,
  | 'name'
  | 'label'
  | 'helpText'
  | 'placeholder'
  | 'isRequired'
  | 'requiredUnless'
  | 'requiredIf'
  | 'shownIf'
  | 'isHidden'
  | 'isDisabled'
  | 'section'
  | 'initial'
>;

/** Texts of the values of a select. `undefined`: no value has a text. */
function optionLabelsOf(schema: JsonSchema): Readonly<Record<string, string>> | undefined {
  const labels = Object.entries(objectOf(schema['optionLabels'])).flatMap(([value, label]) => {
    const text = textOf(label);
    return text === undefined ? [] : [[value, text] as const];
  });
  return labels.length === 0 ? undefined : Object.fromEntries(labels);
}

/** Kind of field with which a schema can be edited. `undefined`: no kind fits. */
function kindOf(schema: JsonSchema): Kind | undefined {
  const values = listOf<unknown>(schema['enum']);
  if (values.length > 0 && values.every((value) => typeof value === 'string')) {
    return { kind: 'select', options: values, optionLabels: optionLabelsOf(schema) };
  }
  switch (schema['type']) {
    case 'string':
      return textKindOf(schema);
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        isInteger: schema['type'] === 'integer',
        minimum: numberOf(schema['minimum']),
        exclusiveMinimum: numberOf(schema['exclusiveMinimum']),
        maximum: numberOf(schema['maximum']),
      };
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return arrayKindOf(schema);
    case 'object':
      return objectKindOf(schema);
    default:
      return listOf(schema['anyOf'] ?? schema['oneOf']).length > 0
        ? { kind: 'json', accepts: 'any' }
        : undefined;
  }
}

function textKindOf(schema: JsonSchema): Kind | undefined {
  const limits = {
    minLength: numberOf(schema['minLength']),
    maxLength: numberOf(schema['maxLength']),
    pattern: textOf(schema['pattern']),
  };
  if (schema['sensitive'] === true) return { kind: 'secret', ...limits };
  switch (schema['widget']) {
    case undefined:
    case 'text':
    case 'select':
      break;
    case 'password':
      return { kind: 'secret', ...limits };
    case 'textarea':
    case 'code':
      return { kind: 'long_text', ...limits };
    case 'json':
      return { kind: 'json', accepts: 'text', maxLength: limits.maxLength };
    default:
      return undefined;
  }
  return { kind: 'text', ...limits, format: schema['format'] === 'uri' ? 'url' : undefined };
}

function arrayKindOf(schema: JsonSchema): Kind {
  const { type, enum: values } = objectOf(schema['items']);
  if (type !== 'string' || values !== undefined) return { kind: 'json', accepts: 'array' };
  return {
    kind: 'list',
    minItems: numberOf(schema['minItems']),
    maxItems: numberOf(schema['maxItems']),
  };
}

function objectKindOf(schema: JsonSchema): Kind {
  const value = objectOf(schema['additionalProperties']);
  if (value['type'] !== 'string' || schema['properties'] !== undefined) {
    return { kind: 'json', accepts: 'object' };
  }
  return {
    kind: 'key_value',
    isSecret: schema['sensitive'] === true,
    maxKeyLength: numberOf(objectOf(schema['propertyNames'])['maxLength']),
    maxLength: numberOf(value['maxLength']),
  };
}

/** Schema of a nullable field without `null`, which forms never send. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const [first, ...rest] = listOf(schema['anyOf']).filter(({ type }) => type !== 'null');
  if (first === undefined || rest.length > 0) return schema;
  const { anyOf: _, ...metadata } = schema;
  return { ...first, ...metadata };
}

const isSection = (value: unknown): value is FormSection =>
  FORM_SECTIONS.some((section) => section === value);
const sectionOf = (value: unknown): FormSection | undefined =>
  isSection(value) ? value : undefined;

function conditionOf(value: unknown): FieldCondition | undefined {
  const { field, equals } = objectOf(value);
  const values = listOf<unknown>(equals).filter((each) => typeof each === 'string');
  return typeof field === 'string' && values.length > 0 ? { field, equals: values } : undefined;
}

const objectOf = (value: unknown): JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
const listOf = <T = JsonSchema>(value: unknown): readonly T[] =>
  Array.isArray(value) ? (value as T[]) : [];
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' ? value : undefined;
