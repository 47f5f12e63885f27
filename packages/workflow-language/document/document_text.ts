import { stringify } from 'yaml';

/** Writes a JSON value as YAML. Long lines are not folded, and no value is an alias. */
export function documentText(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
