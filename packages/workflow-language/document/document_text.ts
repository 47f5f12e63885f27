import { stringify } from 'yaml';

/**
 * Writes a JSON value as YAML. Long lines are not folded, and repeated values do not become
 * aliases.
 */
export function documentText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
