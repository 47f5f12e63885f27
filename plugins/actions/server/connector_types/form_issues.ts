import type { z } from 'zod';
import type { FormIssue } from '../../common/index.ts';
import { problemOf } from './explain_issues.ts';

type Issue = z.core.$ZodIssue;

/** Part of a connector form. The path of an issue begins with it. */
type FormPart = 'name' | 'config' | 'secrets';

/** Maximum number of issues in a response. No form has that many fields. */
const MAX_ISSUES = 50;
/** Maximum length of one segment of a path. A segment may be a key that the caller chose. */
const MAX_STEP_LENGTH = 64;

/**
 * Converts the issues of a schema for display beside the fields of a form. Contains no value.
 * Contains no unknown key of the secrets either, because a user may have entered a secret there by
 * mistake.
 * @param input the value that was parsed. It tells a missing value from one of a wrong type
 */
export const toFormIssues = (
  part: FormPart,
  issues: readonly Issue[],
  input: unknown,
): readonly FormIssue[] =>
  issues
    .flatMap((issue) => toIssues(part, issue, input))
    // Keeps the first problem of each field: an empty string would also break every other rule.
    .filter(({ path }, at, all) => all.findIndex((one) => one.path === path) === at)
    .slice(0, MAX_ISSUES);

/** Path of a field of a form, for example `secrets.tokenUrl`. */
export const formPath = (part: FormPart, steps: readonly PropertyKey[]): string =>
  [part, ...steps.map((step) => String(step).slice(0, MAX_STEP_LENGTH))].join('.');

const toIssues = (part: FormPart, issue: Issue, input: unknown): readonly FormIssue[] => {
  const path = formPath(part, issue.path);
  const message = problemOf(issue);
  if (issue.code !== 'unrecognized_keys') {
    if (isMissing(issue, input)) return [{ path, code: 'required', message: 'is required' }];
    const params = paramsOf(issue);
    return [{ path, code: codeOf(issue), message, ...(params === undefined ? {} : { params }) }];
  }
  if (part === 'secrets') return [{ path, code: 'unknown_field', message }];
  return issue.keys
    .slice(0, MAX_ISSUES)
    .map((key) => ({ path: formPath(part, [...issue.path, key]), code: 'unknown_field', message }));
};

/**
 * Returns `true` for an absent value, and for an empty string where only a minimum length is
 * required.
 */
const isMissing = (issue: Issue, input: unknown): boolean => {
  const value = valueAt(input, issue.path);
  if (issue.code === 'custom') return issue.params?.['code'] === 'required';
  if (value === undefined || value === null) return true;
  const isEmpty = typeof value === 'string' && value.trim() === '';
  return issue.code === 'too_small' && isEmpty && issue.minimum === 1;
};

const valueAt = (input: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    input,
  );

const codeOf = (issue: Issue): string => {
  switch (issue.code) {
    case 'too_small':
      return 'too_short';
    case 'too_big':
      return 'too_long';
    case 'invalid_union':
      return 'invalid_value';
    case 'invalid_format':
      return issue.format === 'url' ? 'invalid_url' : 'invalid_format';
    case 'invalid_type':
    case 'invalid_value':
      return issue.code;
    default:
      return 'invalid';
  }
};

const paramsOf = (issue: Issue): FormIssue['params'] => {
  if (issue.code === 'too_small') return { minimum: Number(issue.minimum) };
  if (issue.code === 'too_big') return { maximum: Number(issue.maximum) };
  if (issue.code === 'invalid_type') return { expected: issue.expected };
  return undefined;
};
