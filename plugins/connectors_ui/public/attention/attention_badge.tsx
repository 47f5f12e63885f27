import { EuiHeaderSectionItemButton, EuiIcon } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { MouseEvent, ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  count: {
    id: 'connectorsUi.attention.count',
    defaultMessage:
      '{count, plural, one {# connection needs attention} other {# connections need attention}}',
  },
});

/** Properties of {@link AttentionBadge}. */
export interface AttentionBadgeProps {
  readonly count: number;
  readonly href: string;
  readonly onClick: (event: MouseEvent) => void;
}

/** Link in the header with the number of connections that require an action of the user. */
export function AttentionBadge({ count, href, onClick }: AttentionBadgeProps): ReactElement {
  const { formatMessage } = useIntl();
  const label = formatMessage(messages.count, { count });
  return (
    <EuiHeaderSectionItemButton
      href={href}
      onClick={onClick}
      aria-label={label}
      title={label}
      notification={count}
      notificationColor="accent"
    >
      <EuiIcon type="bell" aria-hidden />
    </EuiHeaderSectionItemButton>
  );
}
