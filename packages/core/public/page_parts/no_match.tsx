import { EuiEmptyPrompt } from '@elastic/eui';
import type { ReactNode } from 'react';

/**
 * Shown in place of a table without rows. The row that EUI draws for this has a header above that
 * sorts nothing, and EUI warns about the width of the row on phones.
 */
export function NoMatch(props: {
  /** Names the missing entry, for example `No role contains this text`. */
  readonly title: string;
  /** Button that ends the search. Absent: the search field above has one. */
  readonly action?: ReactNode;
}) {
  const { title, action } = props;
  return (
    <EuiEmptyPrompt
      iconType="magnify"
      titleSize="xs"
      title={<h2>{title}</h2>}
      {...(action === undefined ? {} : { actions: action })}
    />
  );
}
