import { EuiFlexGroup, EuiFlyout, EuiFlyoutBody, EuiFlyoutHeader, EuiTitle } from '@elastic/eui';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import type { AppDefinition } from '../types.ts';
import { Logo } from './logo.tsx';
import { MainMenu } from './main_menu.tsx';
import { PRODUCT_NAME } from './product_name.ts';

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
      <EuiFlyoutHeader hasBorder>
        <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false}>
          <Logo />
          <EuiTitle size="xs">
            <p>{PRODUCT_NAME}</p>
          </EuiTitle>
        </EuiFlexGroup>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <MainMenu apps={apps} current={current} onFollow={onClose} />
      </EuiFlyoutBody>
    </EuiFlyout>
  );
}
