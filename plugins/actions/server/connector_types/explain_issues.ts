import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Maximum number of issues that a message explains. */
const MAX_ISSUES = 5;
const MAX_KEYS = 5;

const quoted = (values: readonly unknown[]): string => values.map(String).join(', ');

/**
 * Describes one issue of a schema. Omits received values and unknown keys, because a user may have
 * entered a secret there by mistake. Expected values come from the schema, so they contain no
 * secret.
 */
export const problemOf = (issue: Issue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_value':
      return `expected one of: ${quoted(issue.values)}`;
    case 'too_small':
      return `is too small or too short (minimum ${issue.minimum})`;
    case 'too_big':
      return `is too big or too long (maximum ${issue.maximum})`;
    case 'unrecognized_keys':
      return 'has a field that does not exist';
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `expected one of: ${quoted(issue.options)}`
        : 'matches none of the accepted forms';
    case 'invalid_format':
      // Zod's message for a regular expression contains only the pattern. Other formats have a
      // name.
      return issue.format === 'regex' ? issue.message : `is not a valid ${issue.format}`;
    case 'custom':
      return issue.message;
    default:
      return 'is invalid';
  }
};

const pathOf = (issue: Issue): string => issue.path.map(String).join('.');

/**
 * Lists only the first unknown keys, each cut to 64 characters, because a caller may send thousands
 * of long ones.
 */
const unknownKeys = (keys: readonly string[]): string => {
  const more = keys.length - MAX_KEYS;
  const named = quoted(keys.slice(0, MAX_KEYS).map((key) => key.slice(0, 64)));
  return more > 0 ? `${named} and ${more} more` : named;
};

/**
 * Explains why input was refused: `[path]: problem` for each of the first issues. Contains no
 * value.
 */
export const explainIssues = (
  issues: readonly Issue[],
  options: { readonly nameUnknownKeys: boolean },
): string =>
  issues
    .slice(0, MAX_ISSUES)
    .map((issue) => {
      const path = pathOf(issue);
      const problem =
        issue.code === 'unrecognized_keys' && options.nameUnknownKeys
          ? `has unknown fields: ${unknownKeys(issue.keys)}`
          : problemOf(issue);
      return path === '' ? problem : `[${path}]: ${problem}`;
    })
    .join('; ');
