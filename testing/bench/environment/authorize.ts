import { CookieJar, walkConsent } from '@latchkey/dev-providers';
import { z } from 'zod';
import type { BenchConnector } from '../store/bench_connector.ts';

const ADMINISTRATOR = `Basic ${Buffer.from('elastic:changeme').toString('base64')}`;
const HEADERS = {
  authorization: ADMINISTRATOR,
  'content-type': 'application/json',
  'kbn-xsrf': 'bench',
  'x-elastic-internal-origin': 'bench',
};

/**
 * Creates the connector and an API key, and authorizes the connector for the key's owner through a
 * real OAuth flow.
 * @returns the key, for `Authorization: ApiKey …`
 */
export async function authorizeConnector(
  origin: string,
  { id, type, config, secrets }: BenchConnector,
): Promise<string> {
  const body = { name: 'Bench', connector_type_id: type, config, secrets };
  await post(`${origin}/api/actions/connector/${id}`, body);
  const key = await post(`${origin}/internal/security/api_key`, { name: 'bench' });
  const { encoded } = z.object({ encoded: z.string() }).parse(await key.json());
  const started = await post(`${origin}/internal/actions/connector/${id}/_start_oauth_flow`, {});
  const { authorizationUrl } = z
    .object({ authorizationUrl: z.string() })
    .parse(await started.json());
  const callback = await walkConsent(authorizationUrl, { as: 'ana', stopAtOrigin: origin });
  const cookies = new CookieJar();
  cookies.store(new URL(started.url), started.headers.getSetCookie());
  const finished = await fetch(callback, {
    headers: { authorization: ADMINISTRATOR, cookie: cookies.headerFor(callback) ?? '' },
    redirect: 'manual',
  });
  await ensureOk(finished);
  return encoded;
}

async function post(url: string, body: object): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify(body),
  });
  await ensureOk(response);
  return response;
}

async function ensureOk(response: Response): Promise<void> {
  if (response.status < 400) return;
  const { pathname } = new URL(response.url);
  throw new Error(`${pathname} responded with status ${response.status}: ${await response.text()}`);
}
