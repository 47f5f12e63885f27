import { EuiPageHeader, EuiSkeletonText, EuiSpacer } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { loadedSection } from '@latchkey/core/public/loaded_part';

import { useIntl } from 'react-intl';
import { SessionsSection } from './sessions_section.tsx';
import { SettingsSection } from './settings_section.tsx';

// The code of forms and tables is large, so it is loaded after the settings are shown.
const LOADING = <EuiSkeletonText lines={6} />;
const PasswordSection = loadedSection(
  async () => (await import('./password_section.tsx')).PasswordSection,
  LOADING,
);
const ApiKeysSection = loadedSection(
  async () => (await import('./api_keys_section.tsx')).ApiKeysSection,
  LOADING,
);

const messages = defineMessages({
  title: { id: 'security.profile.title', defaultMessage: 'Profile' },
  signedInAs: { id: 'security.profile.signedInAs', defaultMessage: 'Signed in as {username}' },
});

/** Page `/app/profile`: everything that users manage about their own account. */
export function ProfilePage() {
  const { formatMessage } = useIntl();
  const { username, fullName } = useCore().boot.user;
  return (
    <div css={{ maxInlineSize: 1000, marginInline: 'auto' }}>
      <EuiPageHeader
        pageTitle={fullName ?? formatMessage(messages.title)}
        description={formatMessage(messages.signedInAs, { username })}
      />
      <EuiSpacer size="l" />
      <SettingsSection />
      <EuiSpacer size="l" />
      <PasswordSection />
      <EuiSpacer size="l" />
      <ApiKeysSection />
      <EuiSpacer size="l" />
      <SessionsSection />
    </div>
  );
}
