import { expect, it } from 'vitest';
import { ROOT } from '../command.ts';
import { readSourceMessages } from './messages.ts';

/**
 * Messages that may say that an account is connected, each with the source of this fact in the
 * server. No other message may say it: a stored token, a click or a message of another window
 * proves no connection.
 */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'outcome of an attempt, read from the server': [
    'connectorsUi.announce.succeeded',
    'connectorsUi.announce.succeededAs',
    'connectorsUi.guide.done',
    'connectorsUi.notice.accountChanged',
    'connectorsUi.notice.succeeded',
    'connectorsUi.notice.succeededAs',
  ],
  'change of account, read from the server': [
    'connectorsUi.accountDecision.text',
    'connectorsUi.accountDecision.textUnnamed',
    'connectorsUi.failure.accountKept',
    'connectorsUi.failureAdvice.nothingToDecide',
  ],
  'status of the connection, read from the server': [
    'connectorsUi.details.connected',
    'connectorsUi.disconnect.failed',
    'connectorsUi.filters.connected',
    'connectorsUi.filters.notConnected',
    'connectorsUi.status.connected',
    'connectorsUi.status.notConnected',
    'workflows.account.connect',
    'workflows.account.connected',
    'workflows.preflight.connect',
    'workflows.scheduledIdentity.notConnected',
  ],
  'authorizations of a connector, read from the server': [
    'connectorsUi.delete.noUsers',
    'connectorsUi.delete.usersUnknown',
    'connectorsUi.grants.since',
    'connectorsUi.grants.status.connected',
    'connectorsUi.grants.status.notConnected',
    'connectorsUi.users.none',
  ],
  'no claim: a title, another user, or that something is not connected': [
    'connectorsUi.delete.counting',
    'connectorsUi.disconnect.others',
    'connectorsUi.disconnect.unknown',
    'connectorsUi.edit.users',
    'connectorsUi.failure.general',
    'connectorsUi.grants.caption',
    'connectorsUi.grants.emptyText',
    'connectorsUi.grants.description',
    'connectorsUi.rowActions.users',
    'connectorsUi.section.account',
    'connectorsUi.test.connectFirst',
    'connectorsUi.users.seeNames',
    'connectorsUi.users.users',
    'workflows.runDialog.willWait',
    'workflows.runError.authorization',
    'workflows.runError.authorizationTimeout',
    'workflows.wait.authorizationText',
  ],
};

it('only messages whose fact comes from the server say that an account is connected', () => {
  const { messages } = readSourceMessages(ROOT);
  const saying = messages.filter(({ text }) => /\bconnected\b/i.test(text)).map(({ id }) => id);
  const allowed = Object.values(SOURCES).flat();
  expect([...new Set(saying)].sort()).toEqual(allowed.sort());
});
