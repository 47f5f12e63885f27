import { factsIn, type GrantFact } from '@latchkey/oauth-providers';
import { resolveBaseUrl } from '../operations/base_url.ts';

/** Host of a URL that begins with a grant fact, which an administrator entered. */
const GRANT_HOST = /^https:\/\/\{grant\.(\w+)\}((?:\.[a-z0-9-]+)*)(?=\/|$)/i;
/** Host of any URL. */
const HOST = /^[a-z]+:\/\/([^/?#]*)/i;

/** Returns `true` if grant facts decide the host of an entered URL. */
export const hasGrantHost = (url: string): boolean =>
  (HOST.exec(url)?.[1] ?? url).includes('{grant.');

/** The grant fact in the host of an entered URL. `undefined`: there is none. */
export const factInHost = (url: string): string | undefined => GRANT_HOST.exec(url)?.[1];

/**
 * The reason why the grant facts of an entered URL are refused. `https://{grant.name}` needs a fact
 * of the kind `host` or `origin`, and `https://{grant.name}.example.com` one of the kind `label`
 * with this pattern. `undefined`: they are permitted, or there are none.
 */
export function enteredUrlProblem(
  url: string,
  grantFacts: readonly GrantFact[],
): string | undefined {
  const unknown = factsIn(url).find((name) => !grantFacts.some((fact) => fact.name === name));
  if (unknown !== undefined)
    return `{grant.${unknown}} is not declared in grantFacts of the provider data`;
  if (!hasGrantHost(url)) return undefined;
  const [, name, domain = ''] = GRANT_HOST.exec(url) ?? [];
  const fact = grantFacts.find((one) => one.name === name);
  if (domain === '' && (fact?.kind === 'host' || fact?.kind === 'origin')) return undefined;
  const pattern = `*${domain.toLowerCase()}`;
  if (domain !== '' && fact?.kind === 'label' && fact.hosts?.includes(pattern) === true)
    return undefined;
  return 'the host needs a grant fact of the kind host or origin, or, as its first label, one of the kind label whose hosts contain the rest';
}

/**
 * An entered URL with the values of its grant facts.
 * @throws ConnectorActionError `invalid_input` for a fact that is missing, or could change another
 *   part of the URL
 */
export function resolveEnteredUrl(url: string, facts: Readonly<Record<string, string>>): string {
  if (!url.includes('{grant.')) return url;
  const inHost = factInHost(url);
  const value = inHost === undefined ? undefined : facts[inHost];
  const grant =
    inHost === undefined || value === undefined
      ? facts
      : { ...facts, [inHost]: value.replace(/^https:\/\//, '') };
  return resolveBaseUrl(url, { config: {}, grant });
}
