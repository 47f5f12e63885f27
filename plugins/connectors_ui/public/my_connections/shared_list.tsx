import { EuiFlexGroup, EuiFlexItem, EuiIcon, EuiPanel, EuiText } from '@elastic/eui';
import { TwoLines } from '@latchkey/core/public/page_parts';
import type { ReactElement } from 'react';
import type { FocusedItem } from './connection_section.tsx';
import type { MyConnection } from './my_connection.ts';

/** Connectors that need no account of the user, by name. */
export function SharedList(props: {
  readonly items: readonly MyConnection[];
  readonly focused?: FocusedItem | undefined;
}): ReactElement {
  const { items, focused } = props;
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m">
      <EuiFlexGroup component="ul" gutterSize="l" responsive={false} wrap>
        {items.map(({ id, name, icon }) => (
          <EuiFlexItem
            key={id}
            grow={false}
            component="li"
            css={{ maxInlineSize: '100%' }}
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
          </EuiFlexItem>
        ))}
      </EuiFlexGroup>
    </EuiPanel>
  );
}
