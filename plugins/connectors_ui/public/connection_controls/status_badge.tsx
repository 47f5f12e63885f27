import { EuiBadge, EuiFlexGroup, EuiFlexItem, EuiText, EuiToolTip } from '@elastic/eui';
import { RelativeTime } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { Connection } from '../connection_status/index.ts';
import { statusWords } from '../connection_status/index.ts';

/** Properties of {@link StatusBadge}. */
export interface StatusBadgeProps {
  /** The user's connection. `undefined`: the status could not be read. */
  readonly connection: Connection | undefined;
  /** `true`: the badge also shows since when or until when the status applies. */
  readonly withSince?: boolean;
}

/** Badge with the status of a connection. An explanation appears on hover and focus. */
export function StatusBadge({ connection, withSince = false }: StatusBadgeProps): ReactElement {
  const { formatMessage } = useIntl();
  const { label, color, icon, explanation } = statusWords(connection);
  const when = withSince ? instantOf(connection) : undefined;
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiToolTip content={formatMessage(explanation)}>
          <EuiBadge color={color} iconType={icon} tabIndex={0}>
            {formatMessage(label)}
          </EuiBadge>
        </EuiToolTip>
      </EuiFlexItem>
      {when !== undefined && (
        <EuiFlexItem grow={false}>
          <EuiText size="xs" color="subdued">
            <RelativeTime at={when} isSentence />
          </EuiText>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}

/** Instant to show: the start of the status, or the end of an authorization that ends soon. */
function instantOf(connection: Connection | undefined): Date | undefined {
  if (connection === undefined) return undefined;
  return connection.status === 'expiring' ? connection.endsAt : connection.since;
}
