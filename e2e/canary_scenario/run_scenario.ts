import { createConnector, driveByEars, driveByOwnApp } from '../support/connectors.ts';
import type { Store } from '../support/stores.ts';
import { comeAndGo, editAndDelete, lookAtEverything, rotateKey } from './administration.ts';
import { useApiKey, useFixedCredentials } from './fixed_credentials.ts';
import { changeAccount, connectByForm, requestUnknownRoutes, stopAndRestart } from './grants.ts';
import { leave, revokeMany } from './mass_revocation.ts';
import { beRefused } from './refusals.ts';
import { beginStory, type Story, strictThroughProxy } from './scenario.ts';

/** Everything that can go right and wrong in the life of a grant, and everything an administrator may do about it. */
export async function runScenario(store: Store): Promise<Story> {
  const story = await beginStory(store);
  const { admin, providers, servers } = story.environment;
  const create = (body: Parameters<typeof createConnector>[2]) =>
    createConnector(admin, servers[0], body);
  const drive = await create(driveByOwnApp(providers));
  const strict = await create(strictThroughProxy(story));
  const others = [
    await create(driveByEars),
    await create(strictThroughProxy(story, 'client_secret_basic')),
  ];
  for (const id of [drive, strict, ...others]) await stopAndRestart(story, id);
  const { strict: provider } = providers;
  const authorizationUrl = `${provider.authorizationEndpoint}?response_mode=form_post`;
  const { secrets, ...byForm } = strictThroughProxy(story);
  const posting = await create({ ...byForm, secrets: { ...secrets, authorizationUrl } });
  await connectByForm(story, story.environment.ana, posting);
  await story.look();
  await changeAccount(story, strict);
  await requestUnknownRoutes(story, strict);
  await useFixedCredentials(story);
  await useApiKey(story, strict);
  await beRefused(story);
  await editAndDelete(story);
  await revokeMany(story, drive);
  await comeAndGo(story);
  await rotateKey(story);
  await lookAtEverything(story, strict);
  await leave(story, drive);
  noteCookies(story);
  await story.look();
  return story;
}

function noteCookies({ environment, canaries }: Story): void {
  for (const { cookieValues } of [environment.admin, environment.ana, environment.ben])
    for (const value of cookieValues) canaries.add('cookie', value);
}
