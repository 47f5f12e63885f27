import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import type { Execution } from '../../e2e/rig/person.ts';
import { type House, subjectIn } from '../house.ts';
import type { Interference } from '../proxy/recording_proxy.ts';

const GATEWAY_FAULTS: readonly { readonly what: string; readonly fault: Interference }[] = [
  { what: 'a 503 page of a gateway', fault: { kind: 'answer', status: 503, retryAfterSeconds: 1 } },
  { what: 'a 429', fault: { kind: 'answer', status: 429, retryAfterSeconds: 1 } },
  { what: 'a cut connection', fault: { kind: 'cut' } },
];

/** The three classes of failure, as this server tells them. */
export function failing(houseOf: () => House): void {
  it('G92: is a matter for the administrator when the client secret is wrong, and nobody is told to authorize', async () => {
    const house = houseOf();
    const { admin, ana, first, second, provider } = house;
    const app = await house.newApp();
    const connector = await house.createConnector({ ...app });
    await house.connect(ana, connector);
    await house.letTokenEnd(ana, connector);
    const clientSecret = `${app.clientSecret}, renewed`;
    await provider.changeSecret(app.clientId, clientSecret);

    const answers = await house.storm(ana, [first, second], { connector, calls: 10 });
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'error', retry: false });
      expect(answer.authorization_reason).toBeUndefined();
      expect(answer.service_message).toMatch(/administrator/i);
    }
    // Each process finds out for itself, and then leaves the provider alone.
    expect(house.tokenRequests().length).toBeLessThanOrEqual(2);
    expect(new Set(house.tokenRequests().map(({ status }) => status))).toEqual(new Set([401]));
    const path = `/api/actions/connector/${connector}`;
    expect(await admin.json(first, { method: 'GET', path })).toMatchObject({
      oauth_problem: { code: 'client_rejected' },
    });
    expect(await ana.status(first, connector)).not.toMatchObject({
      connection_status: 'needs_reauth',
    });

    const { name, config, secrets } = house.connectorBody({ ...app, clientSecret });
    await admin.json(first, { method: 'PUT', path, body: { name, config, secrets } });
    subjectIn(await house.whoAmI(ana, second, connector));
  });

  it('G92: says that a new authorization is a matter for the administrator when the client secret is wrong', async () => {
    const house = houseOf();
    const app = await house.newApp();
    const connector = await house.createConnector({ ...app, clientSecret: 'dev-wrong-secret' });
    const page = await house.comeBack(house.ana, await house.walk(house.ana, connector));
    expect(page.status).toBe(500);
    expect(page.text).toContain('Ask an administrator');
  });

  it('G91: passes when the provider is away for a moment, and nobody is told to authorize', async () => {
    const house = houseOf();
    const { ana, first, second, provider } = house;
    const connector = await house.createConnector();
    await house.connect(ana, connector);
    const token = { pathEnd: new URL(provider.tokenUrl).pathname, method: 'POST' };
    for (const { what, fault } of GATEWAY_FAULTS) {
      await house.letTokenEnd(ana, connector);
      provider.proxy.interfere(token, fault);
      const refused = await house.whoAmI(ana, first, connector);
      expect({ what, ...refused }).toMatchObject(passing(what));
      expect(await ana.status(second, connector)).toMatchObject({
        connection_status: 'refresh_failing',
      });
      await untilRetry(refused);
      subjectIn(await house.whoAmI(ana, second, connector));
      expect(await ana.status(first, connector)).toMatchObject({ connection_status: 'connected' });
    }
  });

  it('G105: passes when the provider hangs with a request in its hands, and the grant is alive afterwards', async () => {
    const house = houseOf();
    const { ana, first, second, provider } = house;
    const connector = await house.createConnector();
    await house.connect(ana, connector);
    await house.letTokenEnd(ana, connector);
    const token = { pathEnd: new URL(provider.tokenUrl).pathname, method: 'POST' };
    provider.proxy.interfere(token, { kind: 'hold_request' });
    const refused = await house.whoAmI(ana, first, connector);
    expect({ what: 'hung', ...refused }).toMatchObject(passing('hung'));
    await untilRetry(refused);
    subjectIn(await house.whoAmI(ana, second, connector));
  });
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
