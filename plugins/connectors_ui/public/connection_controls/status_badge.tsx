import { EuiBadge, EuiFlexGroup, EuiFlexItem, EuiText, EuiToolTip } from '@elastic/eui';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import type { Connection } from '../connection_status/index.ts';
import { statusWords } from '../connection_status/index.ts';
import { RelativeTime } from './relative_time.tsx';

/** Properties of {@link StatusBadge}. */
export interface StatusBadgeProps {
  /** `undefined`: the status could not be read. */
  readonly connection: Connection | undefined;
  /** `true`: also since when. */
  readonly withSince?: boolean;
}

/** Status of a connection in a word, with an explanation on hover and focus. */
export function StatusBadge({ connection, withSince = false }: StatusBadgeProps): ReactElement {
  const { formatMessage } = useIntl();
  const { label, color, icon, explanation } = statusWords(connection);
  const since = withSince ? connection?.since : undefined;
  return (
    <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
      <EuiFlexItem grow={false}>
        <EuiToolTip content={formatMessage(explanation)}>
          <EuiBadge color={color} iconType={icon} tabIndex={0}>
            {formatMessage(label)}
          </EuiBadge>
        </EuiToolTip>
      </EuiFlexItem>
      {since !== undefined && (
        <EuiFlexItem grow={false}>
          <EuiText size="xs" color="subdued">
            <RelativeTime at={since} />
          </EuiText>
        </EuiFlexItem>
      )}
    </EuiFlexGroup>
  );
}
