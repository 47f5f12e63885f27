import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** Describes the expected form of a value and its actual type, but never the value. */
export function describeConfigIssue(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type': {
      // For an object that comes from another realm, zod names its class: `Object`.
      const received = /received (\w+)/.exec(issue.message)?.[1]?.toLowerCase();
      if (received === 'undefined') return `is missing, expected ${issue.expected}`;
      return `expected ${issue.expected}${received === undefined ? '' : `, got ${received}`}`;
    }
    case 'invalid_union':
      return describeUnion(issue);
    default:
      return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  }
}

function describeUnion(issue: Extract<Issue, { code: 'invalid_union' }>): string {
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const deep = branches.flat().find((inner) => inner.path.length > 0);
  if (deep !== undefined) return `${deep.path.map(String).join('.')}: ${describeConfigIssue(deep)}`;
  const expected = branches.flatMap((branch) =>
    branch.map((inner) =>
      inner.code === 'invalid_type' ? inner.expected : describeConfigIssue(inner),
    ),
  );
  if (expected.length === 0) return 'does not match any of the accepted forms';
  return `expected ${[...new Set(expected)].join(' or ')}`;
}
