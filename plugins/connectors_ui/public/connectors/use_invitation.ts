import { copyToClipboard } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useCallback } from 'react';
import { useIntl } from 'react-intl';
import { invitationLink } from '../connector_data/index.ts';
import type { ConnectorRow } from './select_connectors.ts';

const messages = defineMessages({
  copied: { id: 'connectorsUi.invitation.copied', defaultMessage: 'Invitation link copied' },
  text: {
    id: 'connectorsUi.invitation.text',
    defaultMessage:
      'Send it to the users who should connect their account to {name}. They need an account here.',
  },
  notCopied: {
    id: 'connectorsUi.invitation.notCopied',
    defaultMessage: 'Copy this invitation link',
  },
});

/**
 * Returns a function that copies the invitation link of a connector. If the browser refuses, the
 * link is shown instead.
 */
export function useInvitation(): (row: ConnectorRow) => void {
  const { application, feedback } = useCore();
  const { formatMessage } = useIntl();
  return useCallback(
    ({ id, name }) => {
      const link = invitationLink(id, {
        origin: window.location.origin,
        href: application.href,
      });
      const isCopied = copyToClipboard(link);
      feedback.toast({
        color: isCopied ? 'success' : 'primary',
        title: formatMessage(isCopied ? messages.copied : messages.notCopied),
        text: isCopied ? formatMessage(messages.text, { name }) : link,
      });
    },
    [application, feedback, formatMessage],
  );
}
