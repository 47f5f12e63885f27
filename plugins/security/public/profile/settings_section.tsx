import { EuiButtonGroup, EuiFormRow, EuiSelect } from '@elastic/eui';
import { LANGUAGES, type Language, THEMES, type Theme } from '@latchkey/core/common';
import { defineMessages, useCore } from '@latchkey/core/public';
import { useSyncExternalStore } from 'react';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { Section } from './section.tsx';

const messages = defineMessages({
  title: { id: 'security.settings.title', defaultMessage: 'Appearance' },
  text: {
    id: 'security.settings.text',
    defaultMessage: 'Applies at once and in every browser where you sign in.',
  },
  theme: { id: 'security.settings.theme', defaultMessage: 'Theme' },
  language: { id: 'security.settings.language', defaultMessage: 'Language' },
});

const themeNames: Readonly<Record<Theme, MessageDescriptor>> = defineMessages({
  light: { id: 'security.settings.themeLight', defaultMessage: 'Light' },
  dark: { id: 'security.settings.themeDark', defaultMessage: 'Dark' },
  system: { id: 'security.settings.themeSystem', defaultMessage: 'System' },
});

/** Each language in itself, so that users find theirs in any language. */
const LANGUAGE_NAMES: Readonly<Record<Language, string>> = {
  en: 'English',
  de: 'Deutsch',
  'en-XA': 'Pseudo-locale',
};

/** Theme and language of the user. */
export function SettingsSection() {
  const { formatMessage } = useIntl();
  const { settings } = useCore();
  const { theme, language } = useSyncExternalStore(settings.subscribe, settings.getSnapshot);
  // Only for translators, who choose it through the API.
  const languages = LANGUAGES.filter((value) => value !== 'en-XA' || value === language);
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
          options={languages.map((value) => ({ value, text: LANGUAGE_NAMES[value], lang: value }))}
          value={language}
          onChange={({ target }) => void settings.change({ language: target.value as Language })}
        />
      </EuiFormRow>
    </Section>
  );
}
