import { setTimeout as sleep } from 'node:timers/promises';
import type { Execution } from '@latchkey/test-environment';
import { requestsTo, type Treatment } from '@latchkey/test-proxy';
import { expect, it } from 'vitest';
import { type InteropEnvironment, subjectIn } from '../environment/interop_environment.ts';

const GATEWAY_FAULTS: readonly { readonly what: string; readonly fault: Treatment }[] = [
  {
    what: "a gateway's 503 page",
    fault: gatewayPage(503),
  },
  { what: 'a 429', fault: gatewayPage(429) },
  { what: 'a cut connection', fault: 'drop_request' },
];

/** Defines the tests of the three classes of failure that this server distinguishes. */
export function describeProviderFailures(environmentOf: () => InteropEnvironment): void {
  it('G92: notifies the administrator when the client secret is wrong, and asks no user to authorize', async () => {
    const environment = environmentOf();
    const { admin, ana, first, second, provider } = environment;
    const app = await environment.newApp();
    const connector = await environment.createConnector({ ...app });
    await environment.connect(ana, connector);
    await environment.expireToken(ana, connector);
    const clientSecret = `${app.clientSecret}, renewed`;
    await provider.changeSecret(app.clientId, clientSecret);

    const responses = await environment.burst(ana, [first, second], { connector, calls: 10 });
    for (const response of responses) {
      expect(response).toMatchObject({ status: 'error', retry: false });
      expect(response.authorization_reason).toBeUndefined();
      expect(response.service_message).toMatch(/administrator/i);
    }
    // Each process notices the failure by one request of its own, and then stops calling the
    // provider.
    expect(environment.tokenRequests().length).toBeLessThanOrEqual(2);
    expect(new Set(environment.tokenRequests().map(({ status }) => status))).toEqual(
      new Set([401]),
    );
    const path = `/api/actions/connector/${connector}`;
    expect(await admin.json(first, { method: 'GET', path })).toMatchObject({
      oauth_problem: { code: 'client_rejected' },
    });
    expect(await ana.status(first, connector)).not.toMatchObject({
      connection_status: 'needs_reauth',
    });

    const { name, config, secrets } = environment.connectorBody({ ...app, clientSecret });
    await admin.json(first, { method: 'PUT', path, body: { name, config, secrets } });
    subjectIn(await environment.whoAmI(ana, second, connector));
  });

  it('G92: says that only an administrator can fix a new authorization when the client secret is wrong', async () => {
    const environment = environmentOf();
    const app = await environment.newApp();
    const connector = await environment.createConnector({
      ...app,
      clientSecret: 'dev-wrong-secret',
    });
    const page = await environment.followCallback(
      environment.ana,
      await environment.walk(environment.ana, connector),
    );
    // The provider refused the token request of the callback.
    expect(page.status).toBe(502);
    expect(page.text).toContain('Ask an administrator');
  });

  it('G91: recovers when the provider fails temporarily, and asks no user to authorize', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    const token = requestsTo(new URL(provider.tokenUrl).pathname, 'POST');
    for (const { what, fault } of GATEWAY_FAULTS) {
      await environment.expireToken(ana, connector);
      provider.proxy.plan(token, fault);
      const refused = await environment.whoAmI(ana, first, connector);
      expect({ what, ...refused }).toMatchObject(passing(what));
      expect(await ana.status(second, connector)).toMatchObject({
        connection_status: 'refresh_failing',
      });
      await untilRetry(refused);
      subjectIn(await environment.whoAmI(ana, second, connector));
      expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    }
  });

  it('G105: recovers when the provider hangs during a request, and keeps the grant', async () => {
    const environment = environmentOf();
    const { ana, first, second, provider } = environment;
    const connector = await environment.createConnector();
    await environment.connect(ana, connector);
    await environment.expireToken(ana, connector);
    const token = requestsTo(new URL(provider.tokenUrl).pathname, 'POST');
    provider.proxy.plan(token, 'hold_request');
    const refused = await environment.whoAmI(ana, first, connector);
    expect({ what: 'hung', ...refused }).toMatchObject(passing('hung'));
    await untilRetry(refused);
    subjectIn(await environment.whoAmI(ana, second, connector));
  });
}

/** Returns the page that a gateway sends instead of the provider. */
function gatewayPage(status: number): Treatment {
  const headers = { 'content-type': 'text/html', 'retry-after': '1' };
  return { status, headers, body: `<html><body><h1>${status}</h1></body></html>` };
}

function passing(what: string) {
  return {
    what,
    status: 'error',
    errorSource: 'framework',
    service_message: expect.stringMatching(/nobody needs to authorize again/i),
    retry: expect.stringMatching(/Z$/),
  };
}

async function untilRetry({ retry }: Execution): Promise<void> {
  await sleep(Math.max(0, Date.parse(String(retry)) - Date.now()));
}
