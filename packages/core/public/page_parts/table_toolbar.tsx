import { EuiFlexGroup, EuiFlexItem, EuiSpacer, EuiText } from '@elastic/eui';
import type { ReactNode } from 'react';

/** Height of a small button, in pixels. */
const HEIGHT = 32;

/**
 * Line above a table: the number of its entries, or the actions for the chosen ones. Its height
 * does not change, so the rows do not move when the user chooses one.
 */
export function TableToolbar(props: {
  /** Number of entries in words, for example `3 entries`. */
  readonly count: string;
  /** Button for the chosen entries. `undefined`: none is chosen. */
  readonly action: ReactNode | undefined;
}) {
  const { count, action } = props;
  return (
    <>
      <EuiFlexGroup
        alignItems="center"
        gutterSize="s"
        responsive={false}
        css={{ minBlockSize: HEIGHT }}
      >
        <EuiFlexItem grow={false}>
          {action ?? (
            <EuiText size="xs" color="subdued">
              <p>{count}</p>
            </EuiText>
          )}
        </EuiFlexItem>
      </EuiFlexGroup>
      <EuiSpacer size="xs" />
    </>
  );
}
