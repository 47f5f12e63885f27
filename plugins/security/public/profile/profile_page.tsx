import { EuiPageHeader, EuiSkeletonText, EuiSpacer } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { lazy, Suspense } from 'react';
import { useIntl } from 'react-intl';
import { SessionsSection } from './sessions_section.tsx';
import { SettingsSection } from './settings_section.tsx';

// The code of forms and tables is large, so it is loaded after the settings are shown.
const PasswordSection = lazy(async () => ({
  default: (await import('./password_section.tsx')).PasswordSection,
}));
const ApiKeysSection = lazy(async () => ({
  default: (await import('./api_keys_section.tsx')).ApiKeysSection,
}));

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
      <Suspense fallback={<EuiSkeletonText lines={6} />}>
        <PasswordSection />
        <EuiSpacer size="l" />
        <ApiKeysSection />
      </Suspense>
      <EuiSpacer size="l" />
      <SessionsSection />
    </div>
  );
}
