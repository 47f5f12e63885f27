import { EuiFlyout, EuiFlyoutBody } from '@elastic/eui';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import type { AppDefinition } from '../types.ts';
import { MainMenu } from './main_menu.tsx';

const messages = defineMessages({
  label: { id: 'core.menu.flyoutLabel', defaultMessage: 'Menu' },
});

/** The main menu above the page, for narrow windows. */
export function MenuFlyout(props: {
  readonly apps: readonly AppDefinition[];
  readonly current: AppDefinition | undefined;
  readonly onClose: () => void;
}) {
  const { apps, current, onClose } = props;
  const { formatMessage } = useIntl();
  return (
    <EuiFlyout
      side="left"
      size={280}
      ownFocus
      onClose={onClose}
      aria-label={formatMessage(messages.label)}
    >
      <EuiFlyoutBody>
        <MainMenu apps={apps} current={current} onFollow={onClose} />
      </EuiFlyoutBody>
    </EuiFlyout>
  );
}
