import { EuiLink, EuiText } from '@elastic/eui';
import { MANAGE_GRANTS } from '@latchkey/actions-plugin/common';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import type { MouseEvent, ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { invitationLink, userCountsQuery } from '../connector_data/index.ts';
import { errorText } from '../error_text.ts';
import { CopyField } from './copy_field.tsx';
import { CloseFooter } from './flyout_footer.tsx';
import { FlyoutFailed, FlyoutLoading } from './flyout_states.tsx';
import { UsersTab } from './users_tab.tsx';

const messages = defineMessages({
  invitation: { id: 'connectorsUi.users.invitation', defaultMessage: 'Invitation link' },
  invitationHelp: {
    id: 'connectorsUi.users.invitationHelp',
    defaultMessage: 'Users who open it log in, and connect their own account with one click.',
  },
  seeNames: {
    id: 'connectorsUi.users.seeNames',
    defaultMessage: 'See who is connected, and end authorizations',
  },
});

/** Content of the tab "Connected users". */
export function ConnectorUsers(props: {
  readonly connectorId: string;
  readonly onClose: () => void;
}): ReactElement {
  const { connectorId, onClose } = props;
  const intl = useIntl();
  const { http, application } = useCore();
  const { data: counts, error, refetch } = useQuery(userCountsQuery(http, connectorId));
  if (counts === undefined) {
    return error === null ? (
      <FlyoutLoading />
    ) : (
      <FlyoutFailed text={errorText(intl, error)} onRetry={() => void refetch()} />
    );
  }
  const grantsPath = `/app/grants?connector=${encodeURIComponent(connectorId)}`;
  return (
    <CloseFooter onClose={onClose}>
      <UsersTab
        counts={counts}
        invitation={
          <CopyField
            label={intl.formatMessage(messages.invitation)}
            value={invitationLink(connectorId, {
              origin: window.location.origin,
              href: application.href,
            })}
            helpText={intl.formatMessage(messages.invitationHelp)}
          />
        }
        names={
          application.can(MANAGE_GRANTS) ? (
            <EuiText size="s">
              <EuiLink
                color="primary"
                href={application.href(grantsPath)}
                onClick={(event: MouseEvent) => {
                  event.preventDefault();
                  application.navigate(grantsPath);
                }}
              >
                {intl.formatMessage(messages.seeNames)}
              </EuiLink>
            </EuiText>
          ) : undefined
        }
      />
    </CloseFooter>
  );
}
