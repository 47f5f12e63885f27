import { factsIn, GRANT_FACT } from '../entry/grant_fact_rules.ts';
import type { AccessTokenRule } from '../entry/provider_entry.ts';
import type { GrantFacts } from './read_grant_facts.ts';

/** The header of a request that carries the access token. */
export interface TokenHeader {
  readonly name: string;
  readonly value: string;
}

/** Lower-case name of the header that carries the access token. */
export const tokenHeaderName = (rule: AccessTokenRule | undefined): string =>
  rule?.header ?? 'authorization';

/**
 * The header that carries an access token.
 * @param rule of the provider. `undefined`: as in RFC 6750
 * @param authorization token type, a blank and the token
 */
export function tokenHeader(rule: AccessTokenRule | undefined, authorization: string): TokenHeader {
  const name = tokenHeaderName(rule);
  const { scheme } = rule ?? {};
  if (scheme === undefined) return { name, value: authorization };
  const token = authorization.slice(authorization.indexOf(' ') + 1).trim();
  return { name, value: scheme === null ? token : `${scheme} ${token}` };
}

/** Printable ASCII (RFC 9110 §5.5). A line break would end the header. */
const HEADER_VALUE = /^[\x20-\x7e]+$/;

/** Names of the grant facts in headers. */
export const factsInHeaders = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.values(headers).flatMap(factsIn);

/**
 * Replaces the placeholders `{grant.name}` of a header.
 * @param facts permitted by the entry
 * @returns `undefined`: the grant lacks a fact, or its value is not possible in a header
 */
export function resolveHeader(value: string, facts: GrantFacts): string | undefined {
  const used = factsIn(value);
  const isComplete = used.every(
    (name) => Object.hasOwn(facts, name) && HEADER_VALUE.test(facts[name] ?? ''),
  );
  if (!isComplete) return undefined;
  return value.replace(GRANT_FACT, (_, name: string) => facts[name] ?? '');
}
