import { createConnector, driveByEars, driveByOwnApp } from '../rig/connectors.ts';
import type { Store } from '../rig/stores.ts';
import { comeAndGo, editAndDelete, lookAtEverything, rotateKey } from './administration.ts';
import { endMany, leave } from './endings.ts';
import { useApiKey, useFixedCredentials } from './fixed_credentials.ts';
import { changeAccount, connectByForm, goAstray, liveAndDie } from './grants.ts';
import { beRefused } from './refusals.ts';
import { beginStory, type Story, strictThroughTap } from './story.ts';

/** Everything that can go right and wrong in the life of a grant, and everything an administrator may do about it. */
export async function tellStory(store: Store): Promise<Story> {
  const story = await beginStory(store);
  const { admin, providers, servers } = story.house;
  const create = (body: Parameters<typeof createConnector>[2]) =>
    createConnector(admin, servers[0], body);
  const drive = await create(driveByOwnApp(providers));
  const strict = await create(strictThroughTap(story));
  const others = [
    await create(driveByEars),
    await create(strictThroughTap(story, 'client_secret_basic')),
  ];
  for (const id of [drive, strict, ...others]) await liveAndDie(story, id);
  const { strict: provider } = providers;
  const authorizationUrl = `${provider.authorizationEndpoint}?response_mode=form_post`;
  const { secrets, ...byForm } = strictThroughTap(story);
  const posting = await create({ ...byForm, secrets: { ...secrets, authorizationUrl } });
  await connectByForm(story, story.house.ana, posting);
  await story.look();
  await changeAccount(story, strict);
  await goAstray(story, strict);
  await useFixedCredentials(story);
  await useApiKey(story, strict);
  await beRefused(story);
  await editAndDelete(story);
  await endMany(story, drive);
  await comeAndGo(story);
  await rotateKey(story);
  await lookAtEverything(story, strict);
  await leave(story, drive);
  noteCookies(story);
  await story.look();
  return story;
}

function noteCookies({ house, canaries }: Story): void {
  for (const { cookieValues } of [house.admin, house.ana, house.ben])
    for (const value of cookieValues) canaries.add('cookie', value);
}
