import type { ZodType, z } from 'zod';
import { HttpError } from './http_error.ts';

type Issue = z.core.$ZodIssue;

const MAX_ISSUES = 5;
const MAX_KEY_LENGTH = 64;

/**
 * Checks one part of a request.
 * @throws HttpError 400 naming the field and the expected form, never the value
 */
export function validatePart(part: string, schema: ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new HttpError(400, describeIssues(`request ${part}`, result.error.issues));
}

/**
 * Describes the first few issues: `[request body.name]: expected string; …`. Never contains a
 * value.
 */
function describeIssues(root: string, issues: readonly Issue[]): string {
  const lines = issues.slice(0, MAX_ISSUES).flatMap((issue) => describeIssue(root, issue));
  if (issues.length > MAX_ISSUES) lines.push(`and ${issues.length - MAX_ISSUES} more`);
  return lines.join('; ');
}

function describeIssue(root: string, issue: Issue): string[] {
  const place = [root, ...issue.path.map(printable)].join('.');
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'nonoptional') return [`[${place}]: this key is missing`];
      return [`[${place}]: expected ${issue.expected}`];
    case 'unrecognized_keys':
      return issue.keys
        .slice(0, MAX_ISSUES)
        .map((key) => `[${place}.${printable(key)}]: unknown key`);
    case 'invalid_union':
      return describeUnion(place, issue);
    case 'invalid_key':
      return [`[${place}]: this key is not allowed`];
    default:
      // Zod's own texts contain bounds and options, but never the input. Custom texts come from the
      // schemas of this server.
      return [`[${place}]: ${lowerFirst(issue.message)}`];
  }
}

/**
 * Describes the branch of the union that matched furthest. If all branches failed at the type of
 * the value, all expected types are named.
 */
function describeUnion(place: string, issue: Extract<Issue, { code: 'invalid_union' }>): string[] {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const deep = branches.find((branch) => branch.some((inner) => inner.path.length > 0));
  if (deep !== undefined) return [describeIssues(place, deep)];
  // A branch that refuses the type has no other faults of interest, such as a length.
  const expected = branches.flatMap((branch) => {
    const type = branch.find((inner) => inner.code === 'invalid_type');
    return type === undefined
      ? branch.map(({ message }) => lowerFirst(message).replace(/^.*: expected /, ''))
      : [type.expected];
  });
  if (expected.length === 0) return [`[${place}]: ${lowerFirst(issue.message)}`];
  return [`[${place}]: expected ${[...new Set(expected)].join(' or ')}`];
}

/**
 * Returns a key for a message. Keys come from the client, so they are cut off, and control
 * characters are replaced.
 */
function printable(key: PropertyKey): string {
  const text = String(key);
  let clean = '';
  for (const character of text.slice(0, MAX_KEY_LENGTH)) {
    clean += character < ' ' || character === '\u007f' ? '?' : character;
  }
  return text.length > MAX_KEY_LENGTH ? `${clean}…` : clean;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
