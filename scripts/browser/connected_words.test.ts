import { expect, it } from '@jest/globals';
import { ROOT } from '../command.ts';
import { readSourceMessages } from './messages.ts';

/**
 * Messages that say that an account is connected, by what tells the web app so. Nothing else may
 * say it: a stored token, a click or a message of another window proves no connection.
 */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'outcome of an attempt, read from the server': [
    'announce.succeeded',
    'announce.succeededAs',
    'guide.done',
    'notice.accountChanged',
    'notice.succeeded',
    'notice.succeededAs',
  ],
  'change of account, read from the server': [
    'accountDecision.text',
    'accountDecision.textUnnamed',
    'failure.accountKept',
    'failureAdvice.nothingToDecide',
  ],
  'status of the connection, read from the server': [
    'details.connected',
    'disconnect.failed',
    'filters.connected',
    'filters.notConnected',
    'status.connected',
    'status.notConnected',
  ],
  'authorizations of a connector, read from the server': [
    'delete.noUsers',
    'delete.usersUnknown',
    'grants.none',
    'grants.since',
    'grants.status.connected',
    'grants.status.notConnected',
    'users.none',
  ],
  'no claim: a title, another user, or that something is not connected': [
    'delete.counting',
    'disconnect.others',
    'edit.users',
    'failure.general',
    'grants.caption',
    'grants.description',
    'rowActions.users',
    'users.seeNames',
    'users.users',
  ],
};

it('only messages with a source in the server say that an account is connected', () => {
  const { messages } = readSourceMessages(ROOT);
  const saying = messages.filter(({ text }) => /\bconnected\b/i.test(text)).map(({ id }) => id);
  const allowed = Object.values(SOURCES).flat();
  expect([...new Set(saying)].sort()).toEqual(allowed.map((id) => `connectorsUi.${id}`).sort());
});
