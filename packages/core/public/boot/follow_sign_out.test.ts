import { afterEach, expect, it } from 'vitest';
import { SESSION_CHANNEL } from '../../common/index.ts';
import { coreStartMock } from '../mocks.ts';
import { openTabChannel, type TabChannel } from '../tab_channel.ts';
import { followSignOut } from './follow_sign_out.ts';

let stop: () => void;
let otherTab: TabChannel;
afterEach(() => {
  stop();
  otherTab.close();
});

it('a page asks the server for the session when another tab shows the login page, but not after other messages', async () => {
  const asked = Promise.withResolvers<number>();
  let questions = 0;
  const readUsername = async (): Promise<string> => {
    questions += 1;
    asked.resolve(questions);
    throw new Error('no session');
  };
  const account = { signOutPath: '/logout', readUsername, saveSettings: async () => undefined };
  stop = followSignOut({
    core: coreStartMock(),
    chrome: { getSnapshot: () => ({ headerItems: [], title: undefined, account }) },
  });
  otherTab = openTabChannel(SESSION_CHANNEL.name);
  // Messages arrive in the order in which they were sent, so this one arrives before the next.
  otherTab.send(SESSION_CHANNEL.signedIn);
  otherTab.send({ type: 'unknown' });
  otherTab.send(SESSION_CHANNEL.signedOut);
  expect(await asked.promise).toBe(1);
});
