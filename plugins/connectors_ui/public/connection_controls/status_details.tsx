import { EuiText } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { RelativeTime } from '@latchkey/core/public/page_parts';
import { Fragment, type ReactElement, type ReactNode } from 'react';
import { useIntl } from 'react-intl';
import type { Connection } from '../connection_status/index.ts';
import { PermissionList } from './permission_list.tsx';

const messages = defineMessages({
  account: { id: 'connectorsUi.details.account', defaultMessage: 'Account' },
  unnamedAccount: {
    id: 'connectorsUi.details.unnamedAccount',
    defaultMessage: 'The provider did not name it',
  },
  site: { id: 'connectorsUi.details.site', defaultMessage: 'Site' },
  connected: { id: 'connectorsUi.details.connected', defaultMessage: 'Connected' },
  lastUsed: { id: 'connectorsUi.details.lastUsed', defaultMessage: 'Last used' },
  neverUsed: { id: 'connectorsUi.details.neverUsed', defaultMessage: 'Not used yet' },
  ends: { id: 'connectorsUi.details.ends', defaultMessage: 'Authorization ends' },
  neverEnds: { id: 'connectorsUi.details.neverEnds', defaultMessage: 'No fixed end' },
  permissions: { id: 'connectorsUi.details.permissions', defaultMessage: 'Permissions' },
});

/** Facts about a connection. */
export function StatusDetails({ connection }: { readonly connection: Connection }): ReactElement {
  const { formatMessage } = useIntl();
  const { account, site, connectedAt, lastUsedAt, endsAt } = connection;
  const fact = (name: keyof typeof messages, description: NonNullable<ReactNode>) => ({
    title: formatMessage(messages[name]),
    description,
  });
  const facts = [
    fact('account', account ?? formatMessage(messages.unnamedAccount)),
    ...(site === undefined ? [] : [fact('site', <bdi key="site">{site.label}</bdi>)]),
    ...(connectedAt === undefined
      ? []
      : [fact('connected', <RelativeTime key="connected" at={connectedAt} isSentence />)]),
    fact(
      'lastUsed',
      lastUsedAt === undefined ? (
        formatMessage(messages.neverUsed)
      ) : (
        <RelativeTime key="used" at={lastUsedAt} isSentence />
      ),
    ),
    fact(
      'ends',
      endsAt === undefined ? (
        formatMessage(messages.neverEnds)
      ) : (
        <RelativeTime key="ends" at={endsAt} isSentence />
      ),
    ),
    fact('permissions', <PermissionList key="permissions" connection={connection} />),
  ];
  return (
    <dl css={GRID}>
      {facts.map(({ title, description }) => (
        <Fragment key={title}>
          <dt>
            <EuiText size="xs" color="subdued">
              {title}
            </EuiText>
          </dt>
          <dd css={{ margin: 0, overflowWrap: 'anywhere' }}>
            <EuiText size="xs" component="div">
              {description}
            </EuiText>
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

const GRID = {
  display: 'grid',
  gridTemplateColumns: 'fit-content(40%) minmax(0, 1fr)',
  columnGap: 16,
  rowGap: 6,
  margin: 0,
} as const;
