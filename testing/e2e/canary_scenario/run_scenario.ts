import { createConnector, driveByEars, driveByOwnApp } from '@latchkey/test-environment';
import type { Store } from '@latchkey/test-environment/stores';
import {
  createAndDeleteUsers,
  editAndDelete,
  requestEveryPage,
  rotateKey,
} from './administration.ts';
import { useApiKey, useFixedCredentials } from './fixed_credentials.ts';
import { changeAccount, connectByForm, runFailingFlows, runGrantLifecycle } from './grants.ts';
import { disableUser, revokeGrants } from './mass_revocation.ts';
import { sendRefusedRequests } from './refusals.ts';
import { type Scenario, startScenario, strictThroughProxy } from './scenario.ts';
import { runWorkflows } from './workflows.ts';

/** Causes every success and failure of a grant, and every administrative action on it. */
export async function runScenario(store: Store): Promise<Scenario> {
  const scenario = await startScenario(store);
  const { admin, providers, servers } = scenario.environment;
  const create = (body: Parameters<typeof createConnector>[2]) =>
    createConnector(admin, servers[0], body);
  const drive = await create(driveByOwnApp(providers));
  const strict = await create(strictThroughProxy(scenario));
  const others = [
    await create(driveByEars),
    await create(strictThroughProxy(scenario, 'client_secret_basic')),
  ];
  for (const id of [drive, strict, ...others]) await runGrantLifecycle(scenario, id);
  const { strict: provider } = providers;
  const authorizationUrl = `${provider.authorizationEndpoint}?response_mode=form_post`;
  const { secrets, ...byForm } = strictThroughProxy(scenario);
  const posting = await create({ ...byForm, secrets: { ...secrets, authorizationUrl } });
  await connectByForm(scenario, scenario.environment.ana, posting);
  await scenario.recordStore();
  await changeAccount(scenario, strict);
  await runFailingFlows(scenario, strict);
  await useFixedCredentials(scenario);
  await useApiKey(scenario, strict);
  await runWorkflows(scenario);
  await sendRefusedRequests(scenario);
  await editAndDelete(scenario);
  await revokeGrants(scenario, drive);
  await createAndDeleteUsers(scenario);
  await rotateKey(scenario);
  await requestEveryPage(scenario, strict);
  await disableUser(scenario, drive);
  recordCookies(scenario);
  await scenario.recordStore();
  return scenario;
}

function recordCookies({ environment, canaries }: Scenario): void {
  for (const { cookieValues } of [environment.admin, environment.ana, environment.ben])
    for (const value of cookieValues) canaries.add('cookie', value);
}
