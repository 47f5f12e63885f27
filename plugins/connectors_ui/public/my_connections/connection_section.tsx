import {
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiSpacer,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import {
  Children,
  type ReactElement,
  type ReactNode,
  useCallback,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  more: {
    id: 'connectorsUi.myConnections.more',
    defaultMessage: 'Show {count} more of {total}',
  },
});

/**
 * Number of connectors that a section shows at first, and that each click adds. Rendering 1,000
 * takes 17 s.
 */
const SHOWN_AT_ONCE = 50;

/** List of connections with a title. */
export function ConnectionSection(props: {
  readonly title: string;
  readonly text?: string;
  /** `false`: the section has nothing to list. */
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

/** The item that gets the focus when a click has added it, and its element. */
export interface FocusedItem {
  readonly id: string;
  readonly ref: (element: HTMLElement | null) => void;
}

/**
 * The first items of a long list, and a button that shows more. Each click moves the focus to the
 * first item that it adds, because the last click removes the button.
 */
export function useFirstItems<T extends { readonly id: string }>(
  items: readonly T[],
): {
  readonly shown: readonly T[];
  /** The item that gets the focus. `undefined`: no items were added yet. */
  readonly focused: FocusedItem | undefined;
  /** Button that shows more items. `null`: all are shown. */
  readonly more: ReactElement | null;
} {
  const { formatMessage } = useIntl();
  const [limit, setLimit] = useState(SHOWN_AT_ONCE);
  const [firstAdded, setFirstAdded] = useState<string>();
  const element = useRef<HTMLElement | null>(null);
  const ref = useCallback((one: HTMLElement | null) => {
    element.current = one;
  }, []);
  useEffect(() => {
    if (firstAdded !== undefined) element.current?.focus();
  }, [firstAdded]);
  const showMore = () => {
    setFirstAdded(items[limit]?.id);
    setLimit(limit + SHOWN_AT_ONCE);
  };
  const count = Math.min(SHOWN_AT_ONCE, items.length - limit);
  return {
    shown: items.slice(0, limit),
    focused: firstAdded === undefined ? undefined : { id: firstAdded, ref },
    more:
      count <= 0 ? null : (
        <EuiButtonEmpty key="more" size="s" onClick={showMore}>
          {formatMessage(messages.more, { count, total: items.length })}
        </EuiButtonEmpty>
      ),
  };
}
