import { type EuiBasicTableColumn, EuiScreenReaderOnly } from '@elastic/eui';
import { FormattedMessage } from 'react-intl';
import { ActionMenu, type MenuAction } from './action_menu.tsx';

/** Media query for windows in which EUI shows the rows of a table as cards. */
export const CARDS = '@media (max-width: 767px)';

/**
 * Style of the first cell of a row with a {@link RowMenu}. On a card it leaves room for the menu.
 */
export const BESIDE_ROW_MENU = { [CARDS]: { paddingInlineEnd: 40 } };

/**
 * Style of a column whose cell is as wide as the card. EUI has `mobileOptions.width` for this, but
 * logs a warning about each width in percent.
 */
export const WHOLE_CARD = { css: { [CARDS]: { minInlineSize: '100%' } } };

/**
 * Name of a column with actions. Only screen readers need it, because the column has no visible
 * heading.
 */
export function ActionsHeader() {
  return (
    <EuiScreenReaderOnly>
      <span>
        <FormattedMessage id="core.table.actions" defaultMessage="Actions" />
      </span>
    </EuiScreenReaderOnly>
  );
}

/** Last column of a table: the menu of each row. */
export const rowMenuColumn = <T extends object>(
  menuOf: (item: T) => Parameters<typeof RowMenu>[0],
): EuiBasicTableColumn<T> => ({
  name: <ActionsHeader />,
  width: '56px',
  align: 'right',
  mobileOptions: { header: false },
  render: (item: T) => <RowMenu {...menuOf(item)} />,
});

/** Menu of a row, in its last column. On a card it is at the top. */
export function RowMenu(props: {
  /** Name of the entry. */
  readonly name: string;
  readonly actionsOf: () => readonly MenuAction[];
}) {
  return (
    <div css={{ [CARDS]: { position: 'absolute', insetBlockStart: 8, insetInlineEnd: 8 } }}>
      <ActionMenu {...props} />
    </div>
  );
}
