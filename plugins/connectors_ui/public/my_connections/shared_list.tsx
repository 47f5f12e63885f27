import { EuiFlexGroup, EuiFlexItem, EuiIcon, EuiPanel, EuiText } from '@elastic/eui';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import type { FocusedItem } from './connection_section.tsx';
import type { MyConnection } from './my_connection.ts';

/** Columns of equal width, as many as fit into the page. */
const COLUMNS = {
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 220px), 1fr))',
  gap: 12,
} as const;

/** List of the connectors that need no account of the user, sorted by name. */
export function SharedList(props: {
  readonly items: readonly MyConnection[];
  readonly focused?: FocusedItem | undefined;
}): ReactElement {
  const { items, focused } = props;
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m">
      <ul css={COLUMNS}>
        {items.map(({ id, name, icon }) => (
          <li
            key={id}
            css={{ minInlineSize: 0 }}
            {...(focused?.id === id && { ref: focused.ref, tabIndex: -1 })}
          >
            <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false}>
              <EuiFlexItem grow={false}>
                <EuiIcon type={icon} size="m" aria-hidden />
              </EuiFlexItem>
              <EuiText size="s" css={{ minInlineSize: 0 }}>
                <TwoLines text={name} />
              </EuiText>
            </EuiFlexGroup>
          </li>
        ))}
      </ul>
    </EuiPanel>
  );
}
