import { matchesHost } from './host_pattern.ts';
import type { ProviderEntry } from './provider_entry.ts';

const PLACEHOLDER = /\{config\.(\w+)\}/g;

/** Names of the placeholders `{config.name}` in the texts of an entry, without duplicates. */
export function placeholdersIn(entry: object): readonly string[] {
  const names = JSON.stringify(entry)
    .matchAll(PLACEHOLDER)
    .map(([, name]) => name ?? '');
  return [...new Set(names)];
}

/** Values that each kind of field permits. None can change another part of a URL. */
const PERMITTED: Readonly<Record<ProviderEntry['config'][string]['kind'], RegExp>> = {
  label: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i,
  segment: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/,
  host: /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i,
};

/** A config field that is missing or has a value that the entry does not permit. */
export class ProviderConfigError extends Error {
  override readonly name = 'ProviderConfigError';
  /** Name of the config field. The message shows no value. */
  readonly field: string;

  constructor(provider: string, field: string, problem: string) {
    super(`OAuth provider [${provider}]: config field [${field}] ${problem}`);
    this.field = field;
  }
}

/**
 * Replaces the placeholders of an entry.
 * @param config of the connector. A field that is absent or empty gets the default of the entry
 * @throws ProviderConfigError for a field that is missing or not permitted
 */
export function resolveProvider(
  entry: ProviderEntry,
  config: Readonly<Record<string, unknown>>,
): ProviderEntry {
  const fields = Object.keys(entry.config);
  if (fields.length === 0) return entry;
  const values = new Map(fields.map((field) => [field, readValue(entry, field, config[field])]));
  const resolved: ProviderEntry = JSON.parse(JSON.stringify(entry), (_key, value: unknown) =>
    typeof value === 'string'
      ? value.replaceAll(PLACEHOLDER, (_match, name: string) => values.get(name) ?? '')
      : value,
  );
  return Object.freeze(resolved);
}

function readValue(entry: ProviderEntry, field: string, given: unknown): string {
  const { kind, hosts, default: fallback } = entry.config[field] ?? { kind: 'label' };
  const value = given === undefined || given === null || given === '' ? fallback : given;
  if (value === undefined) throw new ProviderConfigError(entry.name, field, 'is missing');
  if (typeof value !== 'string' || !PERMITTED[kind].test(value))
    throw new ProviderConfigError(entry.name, field, `is not a ${kind}`);
  if (hosts !== undefined && !hosts.some((pattern) => matchesHost(value, pattern)))
    throw new ProviderConfigError(entry.name, field, `is not one of ${hosts.join(', ')}`);
  return value;
}
