import type { ProviderEntry } from '@latchkey/oauth-providers';
import { type Exchange, sendJson } from '../http/index.ts';
import { tokenOf } from './access_token.ts';
import { accountValues } from './account_values.ts';
import { jsonWith } from './json_path.ts';
import type { QuirkState } from './quirk_state.ts';

type Fact = ProviderEntry['grantFacts'][number];

/**
 * Returns the value of a grant fact: the one that the test has set, else one that the entry
 * permits.
 */
function factValue({ facts }: QuirkState, fact: Fact): unknown {
  if (facts.has(fact.name)) return facts.get(fact.name);
  const host = (fact.hosts?.[0] ?? '').replace('*', 'acme');
  if (fact.kind === 'text' || fact.kind === 'label') return 'acme';
  return fact.kind === 'origin' ? `https://${host}` : host;
}

/** Returns the values of a grant fact: one, or that of each site. */
export function factValues(state: QuirkState, fact: Fact): readonly unknown[] {
  return [factValue(state, fact)].flat();
}

/**
 * Returns the grant facts of a token response, by path. After a refresh, only those that the test
 * has set are included.
 */
export function factsOfTokenResponse(
  state: QuirkState,
  { isFirst }: { readonly isFirst: boolean },
): Readonly<Record<string, unknown>> {
  const sent = state.entry.grantFacts.filter(
    ({ from, name }) => from === 'token_response' && (isFirst || state.facts.has(name)),
  );
  return Object.fromEntries(sent.map((fact) => [fact.path, factValue(state, fact)]));
}

/** Adds grant facts to the redirect to the client. */
export function addCallbackFacts(state: QuirkState, callback: URL): void {
  for (const fact of state.entry.grantFacts) {
    if (fact.from === 'callback')
      callback.searchParams.set(fact.path, String(factValue(state, fact)));
  }
}

/**
 * Responds to a request for grant facts with an access token. A list has one element for each
 * value.
 */
export function respondWithFacts(state: QuirkState, exchange: Exchange, url: string): void {
  const known = state.grants.find(tokenOf(state, exchange) ?? '');
  if (known?.kind !== 'access' || !known.isValid) {
    sendJson(exchange, 401, { error: 'invalid_token' });
    return;
  }
  exchange.record.account = known.grant.account;
  const requested = state.entry.grantFacts.filter((fact) => fact.url === url);
  const values: Record<string, unknown> = {};
  const lists = new Map<string, Record<string, unknown>[]>();
  for (const fact of requested) {
    const value = factValue(state, fact);
    const [before, member] = fact.path.split(/\.?\*\./);
    if (member === undefined) {
      values[fact.path] = value;
      continue;
    }
    const elements = lists.get(before ?? '') ?? [];
    lists.set(before ?? '', elements);
    for (const [index, one] of (Array.isArray(value) ? value : [value]).entries()) {
      const label = fact.labelPath?.split(/\.?\*\./)[1];
      elements[index] = {
        ...elements[index],
        [member]: one,
        ...(label === undefined ? {} : { [label]: `https://${one}.example.com` }),
      };
    }
  }
  const [[before, elements] = []] = lists;
  const list = elements?.map((element) => jsonWith(element));
  const isRoot = before === '' && list !== undefined;
  const { account } = state.entry;
  const isOfAccount = account?.from === 'request' && account.url === url;
  const ofAccount = isOfAccount ? accountValues(state.entry, known.grant.account) : {};
  const body = isRoot
    ? list
    : jsonWith({ ...ofAccount, ...values, ...(before && { [before]: list }) });
  sendJson(exchange, 200, Object(body));
}
