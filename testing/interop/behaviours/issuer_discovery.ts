import type { HttpResponse } from '@latchkey/test-environment';
import { requestsTo } from '@latchkey/test-proxy';
import { expect, it } from 'vitest';
import { z } from 'zod';
import type { InteropEnvironment } from '../environment/interop_environment.ts';

const CONNECTORS = '/api/actions/connector';
const WELL_KNOWN = '/.well-known/openid-configuration';

const document = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** Tests that compare the administrator's input with the metadata that the provider publishes. */
export function describeIssuerDiscovery(environmentOf: () => InteropEnvironment): void {
  it('A19: accepts the issuer as its metadata spells it, requests the metadata once, and gives no warning', async () => {
    const environment = environmentOf();
    const { ana, first, provider } = environment;
    const published = document.parse(await (await fetch(provider.issuer + WELL_KNOWN)).json());
    expect(published).toMatchObject({
      issuer: provider.issuer,
      authorization_endpoint: provider.authorizationUrl,
      token_endpoint: provider.tokenUrl,
    });
    expect(published.authorization_response_iss_parameter_supported ?? false).toBe(
      provider.sendsIssuer,
    );
    provider.proxy.clear();
    const response = await save(environment);
    expect([response.status, read(response).warnings]).toEqual([200, undefined]);
    await environment.connect(ana, read(response).id ?? '');
    expect(await environment.whoAmI(ana, first, read(response).id ?? '')).toMatchObject({
      status: 'ok',
    });
    expect(
      provider.proxy.exchanges.filter(requestsTo(WELL_KNOWN)).map(({ status }) => status),
    ).toEqual([200]);
  });

  it('A19: refuses an issuer that is spelt differently from its metadata, and returns the correct spelling', async () => {
    const environment = environmentOf();
    const { issuer } = environment.provider;
    const response = await save(environment, { issuer: `${issuer}/` });
    expect(response.status).toBe(400);
    expect(read(response).attributes?.code).toBe('issuer_mismatch');
    for (const spelling of [`[${issuer}/]`, `[${issuer}]`])
      expect(read(response).message).toContain(spelling);
  });

  it('A19: explains how issuers are spelt when the URL of the metadata, or a URL without metadata, is entered', async () => {
    const environment = environmentOf();
    const { issuer } = environment.provider;
    for (const stated of [issuer + WELL_KNOWN, `${issuer}/nobody`]) {
      const response = await save(environment, { issuer: stated });
      expect({ stated, status: response.status, warnings: read(response).warnings }).toEqual({
        stated,
        status: 200,
        warnings: [expect.stringContaining('correct the issuer')],
      });
    }
  });

  it('A19: refuses a token URL at a different origin than in the metadata, and names both origins', async () => {
    const environment = environmentOf();
    const tokenUrl = new URL(environment.provider.tokenUrl);
    tokenUrl.hostname = 'localhost';
    const response = await save(environment, { tokenUrl: tokenUrl.href });
    expect(response.status).toBe(400);
    expect(read(response).attributes?.code).toBe('endpoint_mismatch');
    for (const origin of [`[${tokenUrl.origin}]`, `[${environment.provider.proxy.origin}]`])
      expect(read(response).message).toContain(origin);
  });

  it('A20: warns about an endpoint whose path the metadata does not contain, until the path is corrected', async () => {
    const environment = environmentOf();
    const { admin, first, provider } = environment;
    const saved = await save(environment, { authorizationUrl: `${provider.authorizationUrl}/old` });
    expect(saved.status).toBe(200);
    expect(read(saved).warnings).toEqual([
      expect.stringMatching(/^The authorization URL at .* has a different path/),
    ]);
    const path = `${CONNECTORS}/${read(saved).id}`;
    const { name, config, secrets } = environment.connectorBody();
    const body = { name, config, secrets };
    const corrected = await admin.call(first, { method: 'PUT', path, body });
    expect([corrected.status, read(corrected).warnings]).toEqual([200, undefined]);
  });

  it('A18: sends no code to the token endpoint after a response without the issuer that the metadata promised, even when the metadata cannot be reached later', async () => {
    const environment = environmentOf();
    const { admin, ana, first, provider } = environment;
    const connector = await environment.createConnector();
    provider.proxy.plan(requestsTo(WELL_KNOWN), { status: 503 });
    const path = `${CONNECTORS}/${connector}`;
    const { config } = environment.connectorBody();
    const renamed = await admin.call(first, {
      method: 'PUT',
      path,
      body: { name: 'Renamed', config },
    });
    expect(renamed.status).toBe(200);
    expect(read(renamed).warnings).toEqual([expect.stringContaining('could not be checked')]);

    const callback = await environment.walk(ana, connector);
    callback.searchParams.delete('iss');
    provider.proxy.clear();
    const page = await environment.followCallback(ana, callback);
    expect(page.status).toBe(provider.sendsIssuer ? 400 : 200);
    expect(environment.tokenRequests()).toHaveLength(provider.sendsIssuer ? 0 : 1);
  });

  it('A14: uses the shared callback only with a provider whose issuer is entered in the connector and sent in the response', async () => {
    const environment = environmentOf();
    const { ana, provider } = environment;
    const app = await environment.newSharedApp();
    const sharing = await environment.addProcess({
      'xpack.actions.auth.oauth_authorization_code.redirectUri': 'shared',
    });
    const unknown = await environment.createConnector({ ...app, issuer: undefined });
    const refused = await ana.call(sharing, {
      method: 'POST',
      path: `/internal/actions/connector/${unknown}/_start_oauth_flow`,
      body: {},
    });
    expect([refused.status, read(refused).attributes?.code]).toEqual([400, 'issuer_unknown']);
    const stated = await environment.createConnector({ ...app });
    const { authorizationUrl } = await ana.startFlow(sharing, stated);
    const callback = await environment.walkFrom(ana, authorizationUrl);
    provider.proxy.clear();
    const page = await ana.call(sharing, {
      method: 'GET',
      path: `${callback.pathname}${callback.search}`,
    });
    expect(page.status).toBe(provider.sendsIssuer ? 200 : 400);
    expect(environment.tokenRequests()).toHaveLength(provider.sendsIssuer ? 1 : 0);
    await sharing.stop();
  });
}

const responded = z.object({
  id: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  message: z.string().optional(),
  attributes: z.object({ code: z.string().optional() }).optional(),
});

function read(response: HttpResponse): z.infer<typeof responded> {
  return responded.parse(JSON.parse(response.text));
}

/** Creates a connector as the administrator and returns the response, whatever it is. */
function save(
  environment: InteropEnvironment,
  secrets: Readonly<Record<string, unknown>> = {},
): Promise<HttpResponse> {
  const body = environment.connectorBody(secrets);
  return environment.admin.call(environment.first, { method: 'POST', path: CONNECTORS, body });
}
