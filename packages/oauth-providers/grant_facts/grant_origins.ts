import type { ProviderEntry } from '../entry/provider_entry.ts';
import type { GrantFacts } from './read_grant_facts.ts';

const TEMPLATE = /^(https:\/\/)?\{grant\.(\w+)\}((?:\.[a-z0-9-]+)*)$/;

/**
 * Name of the grant fact in an origin: `{grant.name}` for a fact of the kind `origin`,
 * `https://{grant.name}` for a fact of the kind `host`, or `https://{grant.name}.example.com` for a
 * fact of the kind `label`. `undefined`: the origin has no placeholder.
 */
export function grantFactIn(origin: string): string | undefined {
  return TEMPLATE.exec(origin)?.[2];
}

/**
 * Returns `true` if the entry has the fact that the origin names, and the kind of the fact fits the
 * form of the origin. For a label, the rest of the host must be one of the patterns of the fact.
 */
export function isGrantOrigin(
  origin: string,
  { grantFacts }: Pick<ProviderEntry, 'grantFacts'>,
): boolean {
  const [, prefix, name, domain = ''] = TEMPLATE.exec(origin) ?? [];
  const fact = grantFacts.find((one) => one.name === name);
  if (domain === '') return fact?.kind === (prefix === undefined ? 'origin' : 'host');
  return (
    prefix !== undefined && fact?.kind === 'label' && fact.hosts?.includes(`*${domain}`) === true
  );
}

/**
 * Replaces the placeholder of an origin. `undefined`: the grant has no such fact.
 * @param facts permitted by the entry
 */
export function resolveGrantOrigin(origin: string, facts: GrantFacts): string | undefined {
  const [, prefix = '', name, domain = ''] = TEMPLATE.exec(origin) ?? [];
  if (name === undefined) return origin;
  const value = Object.hasOwn(facts, name) ? facts[name] : undefined;
  return value === undefined ? undefined : `${prefix}${value}${domain}`;
}
