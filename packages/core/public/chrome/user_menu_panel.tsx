import {
  EuiButtonGroup,
  EuiContextMenuItem,
  EuiFormRow,
  EuiHorizontalRule,
  EuiSelect,
  EuiText,
  EuiTitle,
} from '@elastic/eui';
import { useSyncExternalStore } from 'react';
import { FormattedMessage, type MessageDescriptor, useIntl } from 'react-intl';
import { type LanguageChoice, THEMES, type Theme } from '../../common/index.ts';
import { menuApps, useAppLink } from '../application/index.ts';
import { defineMessages } from '../i18n/define_messages.ts';
import { useLanguageOptions } from '../settings/index.ts';
import type { AccountProvider, AppDefinition } from '../types.ts';
import { useCore } from '../use_core.ts';

const messages = defineMessages({
  theme: { id: 'core.userMenu.theme', defaultMessage: 'Theme' },
  language: { id: 'core.userMenu.language', defaultMessage: 'Language' },
});

const themeNames: Readonly<Record<Theme, MessageDescriptor>> = defineMessages({
  light: { id: 'core.userMenu.themeLight', defaultMessage: 'Light' },
  dark: { id: 'core.userMenu.themeDark', defaultMessage: 'Dark' },
  system: { id: 'core.userMenu.themeSystem', defaultMessage: 'System' },
});

/** Links of the account, settings, and signing out. */
export function UserMenuPanel(props: {
  readonly apps: readonly AppDefinition[];
  readonly account: AccountProvider | undefined;
  readonly onClose: () => void;
}) {
  const { apps, account, onClose } = props;
  const { formatMessage } = useIntl();
  const { application, boot } = useCore();
  const link = useAppLink();
  const { username, fullName = username, email } = boot.user;
  return (
    <div css={{ inlineSize: 264 }}>
      <div css={{ padding: 12, overflowWrap: 'anywhere' }}>
        <EuiTitle size="xxs">
          <h2>{fullName}</h2>
        </EuiTitle>
        {(email ?? username) !== fullName && (
          <EuiText size="xs" color="subdued">
            <p>{email ?? username}</p>
          </EuiText>
        )}
      </div>
      <EuiHorizontalRule margin="none" />
      {menuApps(apps, 'user', application.can).map((app) => {
        const { href, onClick } = link(app.path);
        return (
          <EuiContextMenuItem
            key={app.id}
            icon={app.icon}
            href={href}
            onClick={(event: React.MouseEvent) => {
              onClick(event);
              onClose();
            }}
          >
            {formatMessage(app.title)}
          </EuiContextMenuItem>
        );
      })}
      {account !== undefined && <Settings />}
      <EuiHorizontalRule margin="none" />
      {account !== undefined && (
        <EuiContextMenuItem icon="logOut" href={`${boot.basePath}${account.signOutPath}`}>
          <FormattedMessage id="core.userMenu.signOut" defaultMessage="Sign out" />
        </EuiContextMenuItem>
      )}
      <EuiText size="xs" color="subdued" css={{ padding: '8px 12px' }}>
        <FormattedMessage
          id="core.userMenu.version"
          defaultMessage="Version {version}"
          values={{ version: boot.version }}
        />
      </EuiText>
    </div>
  );
}

function Settings() {
  const { formatMessage } = useIntl();
  const { settings } = useCore();
  const { theme, language } = useSyncExternalStore(settings.subscribe, settings.getSnapshot);
  const options = useLanguageOptions(language);
  return (
    <div css={{ padding: 12 }}>
      <EuiFormRow
        label={formatMessage(messages.theme)}
        display="rowCompressed"
        hasChildLabel={false}
      >
        <EuiButtonGroup
          legend={formatMessage(messages.theme)}
          buttonSize="compressed"
          isFullWidth
          options={THEMES.map((id) => ({ id, label: formatMessage(themeNames[id]) }))}
          idSelected={theme}
          onChange={(id) => void settings.change({ theme: id as Theme })}
        />
      </EuiFormRow>
      <EuiFormRow label={formatMessage(messages.language)} display="rowCompressed">
        <EuiSelect
          compressed
          options={options}
          value={language}
          onChange={({ target }) =>
            void settings.change({ language: target.value as LanguageChoice })
          }
        />
      </EuiFormRow>
    </div>
  );
}
