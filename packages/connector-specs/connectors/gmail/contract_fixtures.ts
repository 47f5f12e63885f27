import type { ContractFixtures } from '../../contract_tests/fixtures.ts';

/** Inputs and responses for the contract tests of this connector. */
export const contractFixtures: ContractFixtures = {
  mayBeEmpty: { 'sendMessage/subject': 'A message may have no subject.' },
  notTools: {
    sendMessage: 'A message to others cannot be taken back.',
    replyMessage: 'A message to others cannot be taken back.',
  },
  repeatable: {
    markAsRead: 'A message has a label or not.',
    markAsUnread: 'A message has a label or not.',
    modifyLabels: 'A message has a label or not.',
    trashMessage: 'A message is in the trash or not.',
    untrashMessage: 'A message is in the trash or not.',
  },
  accountCall: {
    action: 'getMessage',
    input: { messageId: 'm1' },
    path: '/gmail/v1/users/me/messages/m1',
    body: (snippet) => ({ id: 'm1', threadId: 't1', snippet }),
  },
};
