import { EuiAvatar, EuiHeaderSectionItemButton, EuiPopover } from '@elastic/eui';
import { lazy, useState } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { OptionalPart } from '../optional_part.tsx';
import type { AccountProvider, AppDefinition } from '../types.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  // The label contains the initials, because users of speech input say the text that they see.
  label: { id: 'core.userMenu.label', defaultMessage: '{initials}, account of {name}' },
});

/** Loads the content of the user menu. */
export const loadUserMenuPanel = async () => ({
  default: (await import('./user_menu_panel.tsx')).UserMenuPanel,
});
const UserMenuPanel = lazy(loadUserMenuPanel);

/** Button with the avatar of the user, and the menu below it. */
export function UserMenu(props: {
  readonly apps: readonly AppDefinition[];
  readonly account: AccountProvider | undefined;
}) {
  const { formatMessage } = useIntl();
  const { boot } = useCore();
  const [isOpen, setOpen] = useState(false);
  const name = boot.user.fullName ?? boot.user.username;
  const initials = initialsOf(name);
  const label = formatMessage(messages.label, { name, initials });
  const close = () => setOpen(false);
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={close}
      panelPaddingSize="none"
      anchorPosition="downRight"
      repositionOnScroll
      aria-label={label}
      button={
        <EuiHeaderSectionItemButton
          aria-label={label}
          aria-haspopup="true"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {/* With a name, the avatar would add a tooltip that covers the menu. */}
          <EuiAvatar name="" initials={initials} size="s" aria-hidden="true" />
        </EuiHeaderSectionItemButton>
      }
    >
      <OptionalPart>
        <UserMenuPanel {...props} onClose={close} />
      </OptionalPart>
    </EuiPopover>
  );
}

/** Returns the first letters of the first and the last word. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
  return letters.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('');
}
