import type { RunWait } from '../run_data/index.ts';

/** Returns `true` if a wait asks for an approval, that is, for yes or no. */
export function isApproval({ kind, approveLabel, rejectLabel, schema }: RunWait): boolean {
  if (kind !== 'input') return false;
  return approveLabel !== undefined || rejectLabel !== undefined || asksForApproval(schema);
}

/**
 * Returns `true` if a schema is that of `waitForApproval`: an object with the single property
 * `approved`.
 */
function asksForApproval(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return false;
  const { properties } = schema;
  if (typeof properties !== 'object' || properties === null) return false;
  const [[name, property] = [], ...others] = Object.entries(properties);
  const isFlag = typeof property === 'object' && property?.type === 'boolean';
  return name === 'approved' && isFlag && others.length === 0;
}
