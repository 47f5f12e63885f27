import {
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { Children, type ReactElement, type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  more: {
    id: 'connectorsUi.myConnections.more',
    defaultMessage: 'Show {count} more of {total}',
  },
});

/** Connectors that a section shows first, and adds with each click: 1,000 take 17 s to draw. */
const SHOWN_AT_ONCE = 50;

/** A titled list of connections. */
export function ConnectionSection(props: {
  readonly title: string;
  readonly text?: string;
  /** `false`: there is nothing to list. */
  readonly isShown: boolean;
  readonly children: ReactNode;
}): ReactElement | null {
  const { title, text, isShown, children } = props;
  if (!isShown) return null;
  return (
    <section aria-label={title}>
      <EuiTitle size="xs">
        <h2>{title}</h2>
      </EuiTitle>
      {text !== undefined && (
        <EuiText size="s" color="subdued">
          {text}
        </EuiText>
      )}
      <EuiSpacer size="s" />
      <EuiFlexGroup direction="column" gutterSize="s" responsive={false}>
        {Children.map(
          children,
          (child) => child && <EuiFlexItem grow={false}>{child}</EuiFlexItem>,
        )}
      </EuiFlexGroup>
      <EuiSpacer size="l" />
    </section>
  );
}

/** The first items of a long list, and a button that shows more of them. */
export function useFirstItems<T>(items: readonly T[]): {
  readonly shown: readonly T[];
  /** `null`: all are shown. */
  readonly more: ReactElement | null;
} {
  const { formatMessage } = useIntl();
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const count = Math.min(SHOWN_AT_ONCE, items.length - limit);
  return {
    shown: items.slice(0, limit),
    more:
      count <= 0 ? null : (
        <EuiButtonEmpty key="more" size="s" onClick={() => setLimit(limit + SHOWN_AT_ONCE)}>
          {formatMessage(messages.more, { count, total: items.length })}
        </EuiButtonEmpty>
      ),
  };
}
