import { labelIds, message, messageOf, operation } from './gmail_api.ts';

const change = { output: message, isRepeatable: true } as const;

/** Actions that change labels, or move messages to the trash and back. */
export const changeActions = {
  markAsRead: operation('POST /messages/{messageId}/modify', {
    ...change,
    scope: 'write',
    description: 'Marks one message as read. Returns its labels.',
    input: messageOf,
    fixed: { body: { removeLabelIds: ['UNREAD'] } },
  }),
  markAsUnread: operation('POST /messages/{messageId}/modify', {
    ...change,
    scope: 'write',
    description: 'Marks one message as unread. Returns its labels.',
    input: messageOf,
    fixed: { body: { addLabelIds: ['UNREAD'] } },
  }),
  modifyLabels: operation('POST /messages/{messageId}/modify', {
    ...change,
    scope: 'destroy',
    description:
      'Adds labels to one message and removes labels from it, at most 100 each. Returns its labels. Removing INBOX archives the message. Use trashMessage to delete it.',
    input: {
      ...messageOf,
      addLabelIds: labelIds(100)
        .min(1)
        .optional()
        .describe('Ids of labels to add, as in the result of listLabels'),
      removeLabelIds: labelIds(100)
        .min(1)
        .optional()
        .describe('Ids of labels to remove, as in the result of listLabels'),
    },
    atLeastOneOf: 'optional',
  }),
  trashMessage: operation('POST /messages/{messageId}/trash', {
    ...change,
    scope: 'destroy',
    description:
      'Moves one message to the trash, where Gmail deletes it after 30 days. untrashMessage takes it back before. Returns its labels.',
    input: messageOf,
  }),
  untrashMessage: operation('POST /messages/{messageId}/untrash', {
    ...change,
    scope: 'write',
    description: 'Takes one message out of the trash. Returns its labels.',
    input: messageOf,
  }),
};
