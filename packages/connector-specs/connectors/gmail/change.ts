import { CHANGE, labelIds, message, messageId, operation } from './gmail_api.ts';

const one = {
  wire: { messageId: 'id' },
  output: message,
  oauthScopes: CHANGE,
} as const;

const markAsRead = operation('POST /messages/{id}/modify', {
  ...one,
  scope: 'write',
  description: 'Marks one message as read. Returns its labels.',
  input: { messageId: messageId() },
  fixed: { body: { removeLabelIds: ['UNREAD'] } },
  isRepeatable: true,
});

const markAsUnread = operation('POST /messages/{id}/modify', {
  ...one,
  scope: 'write',
  description: 'Marks one message as unread. Returns its labels.',
  input: { messageId: messageId() },
  fixed: { body: { addLabelIds: ['UNREAD'] } },
  isRepeatable: true,
});

const modifyLabels = operation('POST /messages/{id}/modify', {
  ...one,
  scope: 'destroy',
  description:
    'Adds labels to one message and removes labels from it, at most 100 each. Returns its labels. Removing INBOX archives the message. Use trashMessage to delete it.',
  input: {
    messageId: messageId(),
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
  isRepeatable: true,
});

const trashMessage = operation('POST /messages/{id}/trash', {
  ...one,
  scope: 'destroy',
  description:
    'Moves one message to the trash, where Gmail deletes it after 30 days. untrashMessage takes it back before. Returns its labels.',
  input: { messageId: messageId() },
  isRepeatable: true,
});

const untrashMessage = operation('POST /messages/{id}/untrash', {
  ...one,
  scope: 'write',
  description: 'Takes one message out of the trash. Returns its labels.',
  input: { messageId: messageId() },
  isRepeatable: true,
});

/** Actions that change labels, or move messages to the trash and back. */
export const changeActions = {
  markAsRead,
  markAsUnread,
  modifyLabels,
  trashMessage,
  untrashMessage,
};
