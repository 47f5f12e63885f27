import type { core } from 'zod';
import type { TypeModel } from '../model_versions/type_model.ts';
import { SavedObjectError } from './saved_object_error.ts';

type Attributes = Readonly<Record<string, unknown>>;

const MAX_PATH_LENGTH = 200;

/**
 * Validates attributes with the create schema of the newest model version and adds its defaults.
 * @throws SavedObjectError `invalid_attributes` that names the path of the attribute, never a value
 */
export function validateAttributes(
  model: TypeModel,
  attributes: Attributes,
  id: string | undefined,
): Record<string, unknown> {
  const result = model.create.safeParse(withoutUndefined(attributes));
  if (result.success) return withoutUndefined(result.data);
  throw invalidAttributes(model, id, result.error.issues);
}

/** Returns a copy without the members that are `undefined`, as JSON would store it. */
export function withoutUndefined<T extends object>(
  members: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/**
 * Returns the error for the first issue. Messages of zod are not used, because a custom message of
 * a schema could contain the value.
 */
export function invalidAttributes(
  model: TypeModel,
  id: string | undefined,
  issues: readonly core.$ZodIssue[],
): SavedObjectError {
  const [issue] = issues;
  const type = model.type.name;
  const attribute = issue === undefined ? '' : pathOf(issue);
  return new SavedObjectError(
    'invalid_attributes',
    `Attribute [${attribute}] of saved object type [${type}] ${reasonOf(issue)}.`,
    { type, ...(id === undefined ? {} : { id }), attribute },
  );
}

function pathOf(issue: core.$ZodIssue): string {
  const path = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0]] : issue.path;
  return path.map(String).join('.').slice(0, MAX_PATH_LENGTH);
}

function reasonOf(issue: core.$ZodIssue | undefined): string {
  switch (issue?.code) {
    case 'invalid_type':
      return `must be of type ${issue.expected}`;
    case 'unrecognized_keys':
      return 'is not one of its attributes';
    case 'too_small':
      return 'is smaller or shorter than allowed, or missing';
    case 'too_big':
      return 'is larger or longer than allowed';
    case 'invalid_format':
      return `must have the format ${issue.format}`;
    default:
      return 'has a value that is not accepted';
  }
}
