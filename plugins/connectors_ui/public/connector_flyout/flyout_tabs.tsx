import { EuiSpacer, EuiTab, EuiTabs } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';

const messages = defineMessages({
  configuration: { id: 'connectorsUi.edit.configuration', defaultMessage: 'Configuration' },
  test: { id: 'connectorsUi.edit.test', defaultMessage: 'Test' },
  users: { id: 'connectorsUi.edit.users', defaultMessage: 'Connected users' },
});

/** Tabs of the flyout. */
export type EditTab = 'configuration' | 'test' | 'users';

/** Row of tabs at the lower edge of the header of the flyout. */
export function FlyoutTabs(props: {
  readonly tabs: readonly EditTab[];
  readonly selected: EditTab;
  readonly onTab: (tab: EditTab) => void;
}): ReactElement {
  const { tabs, selected, onTab } = props;
  const { formatMessage } = useIntl();
  return (
    <>
      <EuiSpacer size="m" />
      <EuiTabs bottomBorder={false} css={{ marginBlockEnd: -24 }}>
        {tabs.map((one) => (
          <EuiTab key={one} isSelected={one === selected} onClick={() => onTab(one)}>
            {formatMessage(messages[one])}
          </EuiTab>
        ))}
      </EuiTabs>
    </>
  );
}
