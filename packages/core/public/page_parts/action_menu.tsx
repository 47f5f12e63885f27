import {
  EuiButtonIcon,
  EuiContextMenuItem,
  EuiContextMenuPanel,
  EuiPopover,
  useEuiTheme,
} from '@elastic/eui';
import { type ReactElement, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';

const messages = defineMessages({
  more: { id: 'core.actionMenu.more', defaultMessage: 'More actions for {name}' },
});

/** Entry of an action menu. */
export interface MenuAction {
  readonly id: string;
  readonly label: string;
  readonly icon: string;
  readonly isDanger?: boolean;
  /** Page that the entry opens. `undefined`: it only calls `onClick`. */
  readonly href?: string;
  readonly onClick?: () => void;
}

/** Button that opens a menu with actions. Its entries are computed while it is open. */
export function ActionMenu(props: {
  /** Object that the actions change. */
  readonly name: string;
  readonly actionsOf: () => readonly MenuAction[];
}): ReactElement {
  const { name, actionsOf } = props;
  const { formatMessage } = useIntl();
  const { euiTheme } = useEuiTheme();
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const label = formatMessage(messages.more, { name });
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={() => setOpen(false)}
      panelPaddingSize="none"
      anchorPosition="downRight"
      aria-label={label}
      button={
        <EuiButtonIcon
          buttonRef={button}
          iconType="boxesVertical"
          color="text"
          size="s"
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
                  {...(action.href === undefined ? {} : { href: action.href })}
                  // EUI would not recognise an item with `css` as part of the menu.
                  {...(action.isDanger === true
                    ? { style: { color: euiTheme.colors.textDanger } }
                    : {})}
                  onClick={() => {
                    flushSync(() => setOpen(false));
                    // A dialog returns the focus to the element that had it before. This entry is
                    // removed when the menu closes, so the button gets the focus first.
                    button.current?.focus();
                    action.onClick?.();
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
