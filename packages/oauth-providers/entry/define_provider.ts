import { apiHeadersProblem, grantFactsProblem } from './grant_fact_rules.ts';
import { matchesHost } from './host_pattern.ts';
import { placeholdersIn } from './placeholders.ts';
import {
  type ProviderEntry,
  type ProviderEntryInput,
  providerEntrySchema,
} from './provider_entry.ts';

/**
 * An entry violates the schema or a rule. Thrown when the module of the entry loads, so the server
 * does not start.
 */
export class ProviderEntryError extends Error {
  override readonly name = 'ProviderEntryError';
  /** Name of the entry as its author wrote it. */
  readonly provider: string;

  constructor(provider: string, problem: string) {
    super(`OAuth provider [${provider}]: ${problem}`);
    this.provider = provider;
  }
}

/**
 * Checks an entry and adds the defaults.
 * @throws ProviderEntryError for the first violated rule
 */
export function defineProvider(input: ProviderEntryInput): ProviderEntry {
  const parsed = providerEntrySchema.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    );
    throw new ProviderEntryError(input.name, `invalid ${[...new Set(problems)].join('; ')}`);
  }
  const entry = parsed.data;
  for (const rule of RULES) {
    const problem = rule(entry, input);
    if (problem !== undefined) throw new ProviderEntryError(entry.name, problem);
  }
  return Object.freeze(entry);
}

type Rule = (entry: ProviderEntry, input: ProviderEntryInput) => string | undefined;

const RULES: readonly Rule[] = [
  function declaresPlaceholders(entry) {
    const used = placeholdersIn(entry);
    const declared = Object.keys(entry.config);
    const unknown = used.find((name) => !declared.includes(name));
    if (unknown !== undefined) return `{config.${unknown}} is not declared in config`;
    const unused = declared.find((name) => !used.includes(name));
    return unused === undefined ? undefined : `config.${unused} is not used in any URL`;
  },
  function namesHostsOfItsUrls(entry) {
    const foreign = urlsOf(entry).find((url) => !isWithin(url, entry.hosts));
    return foreign === undefined ? undefined : `${foreign} is not on one of its hosts`;
  },
  function refreshesAtItsTokenHost({ token }) {
    if (token.refreshUrl === undefined || hostIn(token.refreshUrl) === hostIn(token.url)) return;
    return 'token.refreshUrl is not on the host of token.url';
  },
  function describesItsGrantFacts({ grantFacts }) {
    return grantFactsProblem(grantFacts);
  },
  function usesGrantFactsInHeadersOfTheApi({ grantFacts, api }) {
    return apiHeadersProblem(api.headers, grantFacts);
  },
  function hasNoGrantFactsInUrls(entry) {
    const url = urlsOf(entry).find((one) => one.includes('{grant.'));
    return url === undefined ? undefined : `${url} must not contain a grant fact`;
  },
  function namesWhoIsDenied({ failures }) {
    const isIncomplete = failures.rules.some(
      ({ means, deniedTo }) => (means === 'access_denied') !== (deniedTo !== undefined),
    );
    return isIncomplete ? 'failures.rules must have deniedTo for access_denied only' : undefined;
  },
  function requiresOnlyParametersThatItSends({ authorize, refreshToken }) {
    const needed = [...authorize.requiredParameters, refreshToken?.needsParameter ?? []].flat();
    const missing = needed.find((name) => authorize.parameters[name] === undefined);
    return missing === undefined ? undefined : `authorize.parameters lacks ${missing}`;
  },
  function namesSources({ sources }, input) {
    const stated = SECTIONS.filter((section) => input[section] !== undefined);
    const missing = stated.find((section) => sources[section] === undefined);
    return missing === undefined ? undefined : `sources does not contain ${missing}`;
  },
];

const SECTIONS = [
  'authorize',
  'token',
  'response',
  'accessToken',
  'account',
  'grantFacts',
  'lifetime',
  'refreshToken',
  'revocation',
  'failures',
  'api',
] as const;

/** URLs that receive codes, secrets or tokens. */
function urlsOf(entry: ProviderEntry): readonly string[] {
  const { authorize, token, revocation, account, grantFacts } = entry;
  return [
    authorize.url,
    token.url,
    token.refreshUrl,
    revocation?.url,
    account?.from === 'request' ? account.url : undefined,
    ...grantFacts.map(({ url }) => url),
  ].filter((url) => url !== undefined);
}

/** The host of a URL as written, which may contain a placeholder. */
function hostIn(url: string): string {
  return /^https:\/\/([^/?#]+)/.exec(url)?.[1] ?? '';
}

function isWithin(url: string, hosts: readonly string[]): boolean {
  const host = hostIn(url);
  return hosts.some((pattern) => pattern === host || matchesHost(host, pattern));
}
