import { createConnector, listStrictFiles } from '@latchkey/test-environment';
import { z } from 'zod';
import { ECHO_PATH, type Scenario, SECRETS } from './scenario.ts';

/** Parameters of an action whose service responds with the headers that it received. */
export const echo = {
  subAction: 'request',
  subActionParams: { path: ECHO_PATH.replace('/api', '') },
};

/** Uses credentials that an administrator stores in a connector for all users. */
export async function useFixedCredentials({ environment, strictOrigin }: Scenario): Promise<void> {
  const { admin, first: server } = environment;
  for (const secrets of [
    { authType: 'bearer', token: SECRETS.bearer },
    { authType: 'basic', username: 'somebody', password: SECRETS.basicPassword },
    { authType: 'api_key_header', headerField: 'X-API-Key', apiKey: SECRETS.headerKey },
  ]) {
    const id = await createConnector(admin, server, {
      name: `Fixed ${secrets.authType}`,
      connector_type_id: '.custom_api',
      config: { url: `${strictOrigin}/api` },
      secrets,
    });
    await admin.execute(server, id, echo);
    await admin.execute(server, id, listStrictFiles);
    await admin.json(server, `GET /api/actions/connector/${id}`);
  }
  await admin.execute(server, 'fixed', echo);
}

/** Uses a user's API key with the right and with a wrong secret. */
export async function useApiKey(
  { environment, canaries, visitor }: Scenario,
  connector: string,
): Promise<void> {
  const { ana, first: server } = environment;
  const created = await ana.json(server, 'POST /internal/security/api_key', { name: 'a key' });
  const { api_key: secret, encoded } = z
    .object({ api_key: z.string(), encoded: z.string() })
    .parse(created);
  canaries.add('api key', secret);
  canaries.add('api key', encoded);
  for (const key of [encoded, `${encoded.slice(0, -8)}AAAAAAA=`]) {
    await visitor.call(server, {
      method: 'POST',
      path: `/api/actions/connector/${connector}/_execute`,
      headers: { authorization: `ApiKey ${key}` },
      body: { params: listStrictFiles },
    });
  }
}
