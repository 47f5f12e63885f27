import type { TestUser } from '@latchkey/test-environment';
import { listStrictFiles, pathOf, searchFiles } from '@latchkey/test-environment';
import { z } from 'zod';
import { continuesTo, openPage, postFromAnotherSite, press } from '../support/pages.ts';
import { echo } from './fixed_credentials.ts';
import { type Scenario, SECRETS } from './scenario.ts';

/**
 * Takes grants through all their states: two users connect, their tokens are refreshed, and the
 * provider fails. One user disconnects, connects again, and removes the grant at the provider.
 */
export async function runGrantLifecycle(scenario: Scenario, connector: string): Promise<void> {
  const { ana, ben, providers, servers } = scenario.environment;
  const { google, strict } = providers;
  const [server] = servers;
  const call = async (testUser: TestUser) => {
    await testUser.execute(server, connector, searchFiles()).catch(() => undefined);
    await testUser.execute(server, connector, listStrictFiles).catch(() => undefined);
    await testUser.execute(server, connector, echo).catch(() => undefined);
  };
  for (const testUser of [ana, ben]) {
    await connect(scenario, testUser, connector);
    await call(testUser);
  }
  for (const fault of [
    undefined,
    { kind: 'status', status: 503 },
    { kind: 'malformed' },
    { kind: 'drop' },
  ] as const) {
    google.expireAccessTokens();
    strict.expireAccessTokens();
    if (fault !== undefined) {
      google.failNext({ endpoint: 'token', fault });
      strict.failNext({ endpoint: 'token', fault });
    }
    await call(ana);
    google.clearFaults();
    strict.clearFaults();
  }
  await ana.status(server, connector);
  await ana.disconnect(server, connector);
  await call(ana);
  await connect(scenario, ana, connector);
  google.revokeGrants({ account: 'ana' });
  strict.revokeGrant('ana');
  google.expireAccessTokens();
  strict.expireAccessTokens();
  await call(ana);
}

/**
 * Runs the authorization flow and records the secrets that the browser receives.
 * @returns the callback with its code and state, already used
 */
export async function connect(
  { environment, canaries }: Scenario,
  testUser: TestUser,
  connector: string,
): Promise<string> {
  const { first: server } = environment;
  const { authorizationUrl, state } = await testUser.startFlow(server, connector);
  canaries.add('state', state);
  for (const value of testUser.cookieValues) canaries.add('cookie', value);
  const callback = await testUser.consent(server, authorizationUrl);
  canaries.add('state', callback.searchParams.get('state'));
  canaries.add('code', callback.searchParams.get('code'));
  await testUser.call(server, `GET ${pathOf(callback)}`);
  return pathOf(callback);
}

/** Runs the authorization flow of a provider that responds with a form. */
export async function connectByForm(
  { environment, canaries }: Scenario,
  testUser: TestUser,
  connector: string,
): Promise<void> {
  const { first: server } = environment;
  const { authorizationUrl, state } = await testUser.startFlow(server, connector);
  canaries.add('state', state);
  const form = await testUser.consentToForm(server, authorizationUrl);
  canaries.add('code', form.fields['code']);
  // The page in the response contains the code, like the form of the provider. No other response
  // may contain it.
  const page = await postFromAnotherSite(server, form);
  await press(testUser, server, page);
  // This is the path for installations where all providers share one callback.
  await testUser.call(server, {
    method: 'POST',
    path: '/api/actions/connector/_oauth_callback',
    rawBody: 'error=access_denied',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    withKibanaHeaders: false,
  });
}

/**
 * Returns from the provider with another account. The change is first rejected and then accepted.
 */
export async function changeAccount(
  { environment, canaries }: Scenario,
  connector: string,
): Promise<void> {
  const { ana, first: server } = environment;
  const api = `/api/actions/connector/${connector}/_account_change`;
  const comeBackAs = async (account: 'ana' | 'ben'): Promise<string> => {
    const { authorizationUrl, state } = await ana.startFlow(server, connector);
    canaries.add('state', state);
    const callback = await ana.consent(server, authorizationUrl, account);
    canaries.add('code', callback.searchParams.get('code'));
    const { headers } = await ana.call(server, `GET ${pathOf(callback)}`);
    for (const value of ana.cookieValues) canaries.add('cookie', value);
    return headers.location ?? '';
  };
  await ana.disconnect(server, connector);
  await comeBackAs('ana');
  const page = await openPage(ana, server, await comeBackAs('ben'));
  await press(ana, server, page, { button: 'keep' });
  const secondPage = await openPage(ana, server, await comeBackAs('ben'));
  await press(ana, server, secondPage, { button: 'change' });
  await comeBackAs('ana');
  const waiting = z.object({ flow_id: z.string() });
  const { flow_id } = waiting.parse(await ana.json(server, `GET ${api}`));
  await ana.json(server, `POST ${api}`, { flow_id, decision: 'change' });
  // The provider has no sites, so this request is refused.
  const sites = `/api/actions/connector/${connector}/_sites`;
  await ana.json(server, `GET ${sites}`);
  await ana.call(server, { method: 'PUT', path: sites, body: { site_id: 'site-1' } });
}

/**
 * Runs authorization flows that must fail: with a used callback, in another browser, with a forged
 * state, refused by the user, started by a link, and cancelled.
 */
export async function runFailingFlows(scenario: Scenario, connector: string): Promise<void> {
  const { canaries, visitor } = scenario;
  const { ana, ben, providers, first: server } = scenario.environment;
  const used = await connect(scenario, ana, connector);
  await ana.call(server, `GET ${used}`);
  await ben.call(server, `GET ${used}`);
  await visitor.call(server, `GET ${used}`);
  const { authorizationUrl, state } = await ana.startFlow(server, connector);
  canaries.add('state', state);
  const callback = await ana.consent(server, authorizationUrl);
  canaries.add('code', callback.searchParams.get('code'));
  await ben.call(server, `GET ${pathOf(callback)}`);
  for (const query of [
    `code=${SECRETS.forgedCode}&state=${SECRETS.forgedState}`,
    `code=${SECRETS.forgedCode}&code=2&state=${SECRETS.forgedState}`,
    `error=access_denied&error_description=${SECRETS.forgedCode}&state=${SECRETS.forgedState}`,
  ]) {
    await ana.call(server, `GET ${callback.pathname}?${query}`);
  }
  const refusedByProvider = await ana.startFlow(server, connector);
  canaries.add('state', refusedByProvider.state);
  // At this moment a state and its PKCE verifier are stored.
  await scenario.recordStore();
  providers.strict.failNext({
    endpoint: 'token',
    fault: { kind: 'oauth_error', error: 'invalid_client', status: 401 },
  });
  const second = await ana.consent(server, refusedByProvider.authorizationUrl);
  canaries.add('code', second.searchParams.get('code'));
  await ana.call(server, `GET ${pathOf(second)}`);
  providers.strict.clearFaults();
  const link = `/api/actions/connector/${connector}/oauth/start`;
  const deactivating = await press(ana, server, await openPage(ana, server, link));
  canaries.add('state', URL.parse(continuesTo(deactivating) ?? '')?.searchParams.get('state'));
  for (const value of ana.cookieValues) canaries.add('cookie', value);
  await ana.json(server, `POST /internal/actions/connector/${connector}/_oauth_cancel`, { state });
}
