import { EuiAvatar, EuiHeaderSectionItemButton, EuiPopover } from '@elastic/eui';
import { lazy, Suspense, useState } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import type { AccountProvider, AppDefinition } from '../types.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  label: { id: 'core.userMenu.label', defaultMessage: 'Account of {name}' },
});

const UserMenuPanel = lazy(async () => ({
  default: (await import('./user_menu_panel.tsx')).UserMenuPanel,
}));

/** Button with the avatar of the user, and the menu below it. */
export function UserMenu(props: {
  readonly apps: readonly AppDefinition[];
  readonly account: AccountProvider | undefined;
}) {
  const { formatMessage } = useIntl();
  const { boot } = useCore();
  const [isOpen, setOpen] = useState(false);
  const name = boot.user.fullName ?? boot.user.username;
  const close = () => setOpen(false);
  return (
    <EuiPopover
      isOpen={isOpen}
      closePopover={close}
      panelPaddingSize="none"
      anchorPosition="downRight"
      repositionOnScroll
      aria-label={formatMessage(messages.label, { name })}
      button={
        <EuiHeaderSectionItemButton
          aria-label={formatMessage(messages.label, { name })}
          aria-haspopup="true"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          <EuiAvatar name={name} size="s" aria-hidden="true" />
        </EuiHeaderSectionItemButton>
      }
    >
      <Suspense fallback={null}>
        <UserMenuPanel {...props} onClose={close} />
      </Suspense>
    </EuiPopover>
  );
}
