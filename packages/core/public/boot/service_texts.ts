import type { IntlShape } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import type { Confirmation, Toast } from '../types.ts';

const messages = defineMessages({
  discardTitle: { id: 'core.discard.title', defaultMessage: 'Discard unsaved changes?' },
  discardText: {
    id: 'core.discard.text',
    defaultMessage: 'What you entered here has not been saved and will be lost.',
  },
  discardConfirm: { id: 'core.discard.confirm', defaultMessage: 'Discard changes' },
  notSaved: { id: 'core.settings.notSavedTitle', defaultMessage: 'The setting was not saved' },
  notSavedText: {
    id: 'core.settings.notSavedText',
    defaultMessage: 'It applies to this page only. Choose it again to save it.',
  },
  notLoaded: {
    id: 'core.settings.languageNotLoadedTitle',
    defaultMessage: 'The language could not be loaded',
  },
  notLoadedText: {
    id: 'core.settings.languageNotLoadedText',
    defaultMessage: 'Reload the page to see it in the language that you chose.',
  },
});

/** Returns the question that the user is asked before unsaved changes are lost. */
export function discardQuestion({ formatMessage }: IntlShape): Confirmation {
  return {
    title: formatMessage(messages.discardTitle),
    text: formatMessage(messages.discardText),
    confirmLabel: formatMessage(messages.discardConfirm),
    color: 'danger',
  };
}

/** Returns the message that the theme or the language was not saved. */
export function settingsNotSaved({ formatMessage }: IntlShape): Toast {
  return {
    title: formatMessage(messages.notSaved),
    text: formatMessage(messages.notSavedText),
    color: 'danger',
  };
}

/** Returns the message that the texts of a language could not be loaded. */
export function languageNotLoaded({ formatMessage }: IntlShape): Toast {
  return {
    title: formatMessage(messages.notLoaded),
    text: formatMessage(messages.notLoadedText),
    color: 'warning',
  };
}
