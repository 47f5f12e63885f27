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

type Kind = ProviderEntry['config'][string]['kind'];

const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;
const TENANT_ID = /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|common|organizations)$/i;

/** Values that each kind of field permits. No permitted value can change another part of a URL. */
const PERMITTED: Readonly<Record<Kind, RegExp>> = {
  label: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i,
  segment: /^(?!\.{1,2}$)[A-Za-z0-9._-]{1,128}$/,
  host: HOST,
  tenant: new RegExp(`${TENANT_ID.source}|${HOST.source}`, 'i'),
};

const EXPECTED: Readonly<Record<Kind, string>> = {
  label: 'a label of a host name, for example "acme"',
  segment: 'a segment of a path',
  host: 'a host name',
  tenant: 'a tenant id, a domain, "common" or "organizations"',
};

/** A config field is missing, or has a value that the entry does not permit. */
export class ProviderConfigError extends Error {
  override readonly name = 'ProviderConfigError';
  /** Name of the config field. The message shows no value. */
  readonly field: string;
  /** `is missing`, or the reason why the value is refused. */
  readonly problem: string;

  constructor(provider: string, field: string, problem: string) {
    super(`OAuth provider [${provider}]: config field [${field}] ${problem}`);
    this.field = field;
    this.problem = problem;
  }
}

/**
 * Replaces the placeholders of an entry.
 * @param config values of the connector. A field that is absent or empty gets the default of the
 *   entry
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

/**
 * The reason why a value of a config field is refused, for example `is not a host name`. It does
 * not contain the value. `undefined`: the value is permitted.
 */
export function configValueProblem(
  { kind, hosts }: ProviderEntry['config'][string],
  value: unknown,
): string | undefined {
  if (typeof value !== 'string' || !PERMITTED[kind].test(value)) return `is not ${EXPECTED[kind]}`;
  return hosts === undefined || hosts.some((pattern) => matchesHost(value, pattern))
    ? undefined
    : `is not one of ${hosts.join(', ')}`;
}

/**
 * The permitted value of a field. Values other than path segments are in lower case, so that a
 * tenant has one spelling.
 */
function readValue(entry: ProviderEntry, field: string, given: unknown): string {
  const rule = entry.config[field] ?? { label: field, kind: 'label' };
  const value = given === undefined || given === null || given === '' ? rule.default : given;
  if (value === undefined) throw new ProviderConfigError(entry.name, field, 'is missing');
  const problem = configValueProblem(rule, value);
  if (problem !== undefined) throw new ProviderConfigError(entry.name, field, problem);
  return rule.kind === 'segment' ? String(value) : String(value).toLowerCase();
}
