import { EuiEmptyPrompt } from '@elastic/eui';
import type { ReactNode } from 'react';

/**
 * Shown in place of a table that has no rows. EUI's own "no items" row is not used, because the
 * table header above it offers sorting, and on phones EUI logs a warning about the row's width.
 */
export function NoMatch(props: {
  /** Text that says which entry is missing, for example `No role contains this text`. */
  readonly title: string;
  /** Button that ends the search. `undefined`: the search field above has such a button. */
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
