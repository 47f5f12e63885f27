import type Provider from 'oidc-provider';
import { fingerprint } from '../faults/index.ts';
import { bearerOf, type Exchange, sendJson } from '../http/index.ts';
import { users } from '../users.ts';

/** Files of each user. They differ, so that a mix-up of users is visible. */
const filesOf: Readonly<Record<string, readonly string[]>> = {
  [users.ana.email]: ['ana-contract.md', 'ana-plan.md', 'ana-retro.md'],
  [users.ben.email]: ['ben-plan.md', 'ben-recipes.md', 'ben-taxes.md'],
};

function refuse(exchange: Exchange): void {
  // RFC 6750 §3.1 requires this header.
  exchange.response.setHeader('www-authenticate', 'Bearer error="invalid_token"');
  sendJson(exchange, 401, { error: 'invalid_token' });
}

/**
 * Serves a protected resource: `GET /api/whoami` and `GET /api/files?q=`. Responds with the data of
 * the user to whom the token belongs.
 */
export async function serveResource(provider: Provider, exchange: Exchange): Promise<void> {
  const { record, url, method } = exchange;
  const token = bearerOf(exchange);
  if (token === undefined) return refuse(exchange);
  record.tokenHash = fingerprint(token);
  const found = await provider.AccessToken.find(token);
  if (found === undefined || found.isExpired) return refuse(exchange);
  const { accountId, clientId, scope } = found;
  record.account = accountId;
  record.clientId = clientId;
  if (method === 'GET' && url.pathname === '/api/whoami') {
    return sendJson(exchange, 200, { account: accountId, clientId, scope: scope ?? '' });
  }
  if (method === 'GET' && url.pathname === '/api/files') {
    const wanted = (url.searchParams.get('q') ?? '').toLowerCase();
    const files = (filesOf[accountId] ?? []).filter((name) => name.includes(wanted));
    return sendJson(exchange, 200, { owner: accountId, files: files.map((name) => ({ name })) });
  }
  return sendJson(exchange, 404, { error: 'not_found' });
}
