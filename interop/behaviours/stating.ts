import { expect, it } from '@jest/globals';
import { z } from 'zod';
import type { HttpAnswer } from '../../e2e/rig/http_client.ts';
import type { House } from '../house.ts';

const CONNECTORS = '/api/actions/connector';
const WELL_KNOWN = '/.well-known/openid-configuration';

const document = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
});

/** What an administrator states of the provider, compared with what it publishes of itself. */
export function stating(houseOf: () => House): void {
  it('A19: takes the issuer as its metadata spells it, asks for that once, and has nothing to warn of', async () => {
    const house = houseOf();
    const { ana, first, provider } = house;
    const published = document.parse(await (await fetch(provider.issuer + WELL_KNOWN)).json());
    expect(published).toMatchObject({
      issuer: provider.issuer,
      authorization_endpoint: provider.authorizationUrl,
      token_endpoint: provider.tokenUrl,
    });
    expect(published.authorization_response_iss_parameter_supported ?? false).toBe(
      provider.namesItself,
    );
    provider.proxy.forget();
    const answer = await save(house);
    expect([answer.status, read(answer).warnings]).toEqual([200, undefined]);
    await house.connect(ana, read(answer).id ?? '');
    expect(await house.whoAmI(ana, first, read(answer).id ?? '')).toMatchObject({ status: 'ok' });
    expect(provider.proxy.seen({ pathEnd: WELL_KNOWN }).map(({ status }) => status)).toEqual([200]);
  });

  it('A19: refuses an issuer that is spelt otherwise, and says how its metadata spells it', async () => {
    const house = houseOf();
    const { issuer } = house.provider;
    const answer = await save(house, { issuer: `${issuer}/` });
    expect(answer.status).toBe(400);
    expect(read(answer).attributes?.code).toBe('issuer_mismatch');
    for (const spelling of [`[${issuer}/]`, `[${issuer}]`])
      expect(read(answer).message).toContain(spelling);
  });

  it('A19: tells how issuers are spelt when the address of its metadata, or one without any, is stated', async () => {
    const house = houseOf();
    const { issuer } = house.provider;
    for (const stated of [issuer + WELL_KNOWN, `${issuer}/nobody`]) {
      const answer = await save(house, { issuer: stated });
      expect({ stated, status: answer.status, warnings: read(answer).warnings }).toEqual({
        stated,
        status: 200,
        warnings: [expect.stringContaining('correct the issuer')],
      });
    }
  });

  it('A19: refuses a token URL at another origin than its metadata names, and says which', async () => {
    const house = houseOf();
    const tokenUrl = new URL(house.provider.tokenUrl);
    tokenUrl.hostname = 'localhost';
    const answer = await save(house, { tokenUrl: tokenUrl.href });
    expect(answer.status).toBe(400);
    expect(read(answer).attributes?.code).toBe('endpoint_mismatch');
    for (const origin of [`[${tokenUrl.origin}]`, `[${house.provider.proxy.origin}]`])
      expect(read(answer).message).toContain(origin);
  });

  it('A20: warns of a path that its metadata does not name, until it is corrected', async () => {
    const house = houseOf();
    const { admin, first, provider } = house;
    const saved = await save(house, { authorizationUrl: `${provider.authorizationUrl}/old` });
    expect(saved.status).toBe(200);
    expect(read(saved).warnings).toEqual([expect.stringContaining('The authorization URL has')]);
    const path = `${CONNECTORS}/${read(saved).id}`;
    const { name, config, secrets } = house.connectorBody();
    const body = { name, config, secrets };
    const corrected = await admin.call(first, { method: 'PUT', path, body });
    expect([corrected.status, read(corrected).warnings]).toEqual([200, undefined]);
  });

  it('A18: never sends a code on without the issuer that its metadata promised, also when that is out of reach later', async () => {
    const house = houseOf();
    const { admin, ana, first, provider } = house;
    const connector = await house.createConnector();
    provider.proxy.interfere({ pathEnd: WELL_KNOWN }, { kind: 'answer', status: 503 });
    const path = `${CONNECTORS}/${connector}`;
    const { config } = house.connectorBody();
    const renamed = await admin.call(first, {
      method: 'PUT',
      path,
      body: { name: 'Renamed', config },
    });
    expect(renamed.status).toBe(200);
    expect(read(renamed).warnings).toEqual([expect.stringContaining('could not be checked')]);

    const callback = await house.walk(ana, connector);
    callback.searchParams.delete('iss');
    provider.proxy.forget();
    const page = await house.comeBack(ana, callback);
    expect(page.status).toBe(provider.namesItself ? 400 : 200);
    expect(house.tokenRequests()).toHaveLength(provider.namesItself ? 0 : 1);
  });

  it('A14: shares one callback only with a provider whose issuer is stated and that names it in its answer', async () => {
    const house = houseOf();
    const { ana, provider } = house;
    const app = await house.newSharedApp();
    const sharing = await house.addProcess({
      'xpack.actions.auth.oauth_authorization_code.redirectUri': 'shared',
    });
    const unknown = await house.createConnector({ ...app, issuer: undefined });
    const refused = await ana.call(sharing, {
      method: 'POST',
      path: `/internal/actions/connector/${unknown}/_start_oauth_flow`,
      body: {},
    });
    expect([refused.status, read(refused).attributes?.code]).toEqual([400, 'issuer_unknown']);
    const stated = await house.createConnector({ ...app });
    const { authorizationUrl } = await ana.startFlow(sharing, stated);
    const callback = await house.goThrough(ana, authorizationUrl);
    provider.proxy.forget();
    const page = await ana.call(sharing, {
      method: 'GET',
      path: `${callback.pathname}${callback.search}`,
    });
    expect(page.status).toBe(provider.namesItself ? 200 : 400);
    expect(house.tokenRequests()).toHaveLength(provider.namesItself ? 1 : 0);
    await sharing.stop();
  });
}

const answered = z.object({
  id: z.string().optional(),
  warnings: z.array(z.string()).optional(),
  message: z.string().optional(),
  attributes: z.object({ code: z.string().optional() }).optional(),
});

function read(answer: HttpAnswer): z.infer<typeof answered> {
  return answered.parse(JSON.parse(answer.text));
}

/** Creates a connector as the administrator, whatever becomes of it. */
function save(house: House, secrets: Readonly<Record<string, unknown>> = {}): Promise<HttpAnswer> {
  const body = house.connectorBody(secrets);
  return house.admin.call(house.first, { method: 'POST', path: CONNECTORS, body });
}
