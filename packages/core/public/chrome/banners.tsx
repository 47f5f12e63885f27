import { EuiButton, EuiCallOut, EuiSpacer } from '@elastic/eui';
import { FormattedMessage, useIntl } from 'react-intl';
import type { ServerState } from '../http/index.ts';
import { defineMessages } from '../i18n/define_messages.ts';

const messages = defineMessages({
  unreachable: {
    id: 'core.banner.unreachableTitle',
    defaultMessage: 'The server cannot be reached',
  },
  newBuild: { id: 'core.banner.newBuildTitle', defaultMessage: 'A new version is available' },
  otherUser: {
    id: 'core.banner.otherUserTitle',
    defaultMessage: '{user} has signed in in this browser',
  },
  failedPlugins: {
    id: 'core.banner.failedPluginsTitle',
    defaultMessage: 'Parts of the app could not start',
  },
});

/** Notices about the whole web app, shown above the page. */
export function Banners(props: {
  readonly server: Pick<ServerState, 'isReachable' | 'hasNewBuild' | 'otherUser'>;
  /** Ids of plugins that failed to start. The console has their errors. */
  readonly failedPlugins: readonly string[];
  readonly onReload: () => void;
}) {
  const { server, failedPlugins, onReload } = props;
  const { formatMessage } = useIntl();
  const reload = (color: 'primary' | 'danger' | 'warning') => (
    <EuiButton size="s" color={color} iconType="refresh" onClick={onReload}>
      <FormattedMessage id="core.banner.reload" defaultMessage="Reload" />
    </EuiButton>
  );
  const hasBanner =
    !server.isReachable ||
    server.hasNewBuild ||
    server.otherUser !== undefined ||
    failedPlugins.length > 0;
  return (
    <>
      <div role="status">
        {!server.isReachable && (
          <EuiCallOut
            size="s"
            color="danger"
            iconType="error"
            title={formatMessage(messages.unreachable)}
          >
            <FormattedMessage
              id="core.banner.unreachableText"
              defaultMessage="What you see may be out of date. This notice goes away when the server responds again."
            />
          </EuiCallOut>
        )}
        {server.isReachable && server.hasNewBuild && (
          <EuiCallOut size="s" iconType="refresh" title={formatMessage(messages.newBuild)}>
            <p>
              <FormattedMessage
                id="core.banner.newBuildText"
                defaultMessage="Save your changes, then reload the page to use it."
              />
            </p>
            {reload('primary')}
          </EuiCallOut>
        )}
        {server.otherUser !== undefined && (
          <EuiCallOut
            size="s"
            color="danger"
            iconType="user"
            title={formatMessage(messages.otherUser, { user: server.otherUser })}
          >
            <p>
              <FormattedMessage
                id="core.banner.otherUserText"
                defaultMessage="This page was opened by another user, so nothing can be changed on it any more. Reload it to work as {user}."
                values={{ user: server.otherUser }}
              />
            </p>
            {reload('danger')}
          </EuiCallOut>
        )}
        {failedPlugins.length > 0 && (
          <EuiCallOut
            size="s"
            color="warning"
            iconType="warning"
            title={formatMessage(messages.failedPlugins)}
          >
            <p>
              <FormattedMessage
                id="core.banner.failedPluginsText"
                defaultMessage="Some pages are missing. Reload the page; if it happens again, tell an administrator. The console of the browser names the cause."
              />
            </p>
            {reload('warning')}
          </EuiCallOut>
        )}
      </div>
      {hasBanner && <EuiSpacer size="m" />}
    </>
  );
}
