import { EuiButtonGroup, EuiFormRow, EuiSelect } from '@elastic/eui';
import { type LanguageChoice, THEMES, type Theme } from '@latchkey/core/common';
import { defineMessages, useCore, useLanguageOptions } from '@latchkey/core/public';
import { useSyncExternalStore } from 'react';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { Section } from './section.tsx';

const messages = defineMessages({
  title: { id: 'security.settings.title', defaultMessage: 'Appearance' },
  text: {
    id: 'security.settings.text',
    defaultMessage: 'Applies immediately and in every browser where you sign in.',
  },
  theme: { id: 'security.settings.theme', defaultMessage: 'Theme' },
  language: { id: 'security.settings.language', defaultMessage: 'Language' },
});

const themeNames: Readonly<Record<Theme, MessageDescriptor>> = defineMessages({
  light: { id: 'security.settings.themeLight', defaultMessage: 'Light' },
  dark: { id: 'security.settings.themeDark', defaultMessage: 'Dark' },
  system: { id: 'security.settings.themeSystem', defaultMessage: 'System' },
});

/** Section with the theme and the language of the user. */
export function SettingsSection() {
  const { formatMessage } = useIntl();
  const { settings } = useCore();
  const { theme, language } = useSyncExternalStore(settings.subscribe, settings.getSnapshot);
  const options = useLanguageOptions(language);
  return (
    <Section title={formatMessage(messages.title)} text={formatMessage(messages.text)}>
      <EuiFormRow label={formatMessage(messages.theme)} hasChildLabel={false}>
        <EuiButtonGroup
          legend={formatMessage(messages.theme)}
          isFullWidth
          options={THEMES.map((id) => ({ id, label: formatMessage(themeNames[id]) }))}
          idSelected={theme}
          onChange={(id) => void settings.change({ theme: id as Theme })}
        />
      </EuiFormRow>
      <EuiFormRow label={formatMessage(messages.language)}>
        <EuiSelect
          options={options}
          value={language}
          onChange={({ target }) =>
            void settings.change({ language: target.value as LanguageChoice })
          }
        />
      </EuiFormRow>
    </Section>
  );
}
