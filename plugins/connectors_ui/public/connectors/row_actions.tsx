import {
  EuiButtonIcon,
  EuiContextMenuItem,
  EuiContextMenuPanel,
  EuiPopover,
  useEuiTheme,
} from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  more: { id: 'connectorsUi.rowActions.more', defaultMessage: 'More actions for {name}' },
});

/** Entry of the menu of a row. */
export interface RowAction {
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  readonly isDanger?: boolean;
  readonly onClick: () => void;
}

/** Button that opens the menu of a row. The menu exists only while it is open. */
export function RowActions(props: {
  readonly name: string;
  readonly actionsOf: () => readonly RowAction[];
}): ReactElement {
  const { name, actionsOf } = props;
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const [isOpen, setOpen] = useState(false);
  const label = formatMessage(messages.more, { name });
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setOpen(false)}
      panelPaddingSize="none"
      anchorPosition="leftCenter"
      aria-label={label}
      button={
        <EuiButtonIcon
          iconType="boxesVertical"
          color="text"
          aria-label={label}
          aria-haspopup="menu"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        />
      }
    >
      <EuiContextMenuPanel
        items={
          isOpen
            ? actionsOf().map((action) => (
                <EuiContextMenuItem
                  key={action.id}
                  icon={action.icon}
                  {...(action.isDanger === true
                    ? { css: { color: euiTheme.colors.textDanger } }
                    : {})}
                  onClick={() => {
                    setOpen(false);
                    action.onClick();
                  }}
                >
                  {action.label}
                </EuiContextMenuItem>
              ))
            : []
        }
      />
    </EuiPopover>
  );
}
