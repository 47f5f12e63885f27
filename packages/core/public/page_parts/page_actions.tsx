import { EuiFlexGroup, EuiFlexItem, useIsWithinBreakpoints } from '@elastic/eui';
import type { ReactElement } from 'react';

/**
 * Returns the buttons of a page for `rightSideItems` of `EuiPageHeader`. EUI identifies these items
 * by their position from the right, so a button that appears would replace the elements of the
 * others. They would lose the focus, and a click during which this happens.
 * @param actions elements with keys, the main action first
 */
export function pageActions(actions: readonly ReactElement[]): ReactElement[] {
  return actions.length === 0 ? [] : [<PageActions key="actions" actions={actions} />];
}

function PageActions({ actions }: { readonly actions: readonly ReactElement[] }): ReactElement {
  const isNarrow = useIsWithinBreakpoints(['xs', 's']);
  // As in EUI, the main action is at the right, and in narrow windows at the left.
  const ordered = isNarrow ? actions : actions.toReversed();
  return (
    <EuiFlexGroup
      gutterSize="m"
      responsive={false}
      wrap
      justifyContent={isNarrow ? 'flexStart' : 'flexEnd'}
    >
      {ordered.map((action) => (
        <EuiFlexItem key={action.key} grow={false}>
          {action}
        </EuiFlexItem>
      ))}
    </EuiFlexGroup>
  );
}
