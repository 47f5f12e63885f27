import { resolveHeader } from '@latchkey/oauth-providers';
import type { Exchange } from '../http/index.ts';
import { factValues } from './grant_facts.ts';
import type { QuirkState } from './quirk_state.ts';

/**
 * Returns the name of a header that the entry demands of every request of the API, and that the
 * request lacks or has with another value. `undefined`: the request has all of them.
 */
export function missingHeader(state: QuirkState, { request, url }: Exchange): string | undefined {
  const { api, account, grantFacts } = state.entry;
  // The request that names the account is sent before the user has chosen a site.
  const accountUrl = account?.from === 'request' ? URL.parse(account.url) : null;
  if (accountUrl?.pathname === url.pathname) return undefined;
  const permitted = ([name, template]: [string, string]): boolean => {
    const sent = request.headers[name];
    const facts = grantFacts.map((fact) => [fact.name, factValues(state, fact)] as const);
    const used = facts.filter(([fact]) => template.includes(`{grant.${fact}}`));
    // A grant may cover several sites. A header with a value of each of them is accepted.
    const [first] = used;
    const values = first === undefined ? [''] : first[1];
    return values.some((_, index) => {
      const site = used.map(([fact, all]) => [fact, String(all[index] ?? all[0])]);
      return sent === resolveHeader(template, Object.fromEntries(site));
    });
  };
  return Object.entries(api.headers).find((header) => !permitted(header))?.[0];
}
