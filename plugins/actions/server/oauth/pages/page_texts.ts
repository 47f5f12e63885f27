import type { LocalizedText } from '@latchkey/core/common';

/** Texts that several pages share, and those of refused requests. */
export const PAGE_TEXTS = {
  backToApp: { en: 'Back to Latchkey', de: 'Zurück zu Latchkey' },
  signIn: { en: 'Sign in', de: 'Anmelden' },
  reference: {
    en: 'Reference for your administrator:',
    de: 'Kennung für Ihren Administrator:',
  },
  providerSays: { en: 'The provider says:', de: 'Der Anbieter meldet:' },
  signInFirst: { en: 'Sign in first', de: 'Melden Sie sich zuerst an' },
  sessionEnded: {
    en: 'Your session has ended. Sign in to see the page again.',
    de: 'Ihre Sitzung ist beendet. Melden Sie sich an, um die Seite wieder zu sehen.',
  },
  needsSession: {
    en: 'Sign in to authorize a connector.',
    de: 'Melden Sie sich an, um einen Konnektor zu autorisieren.',
  },
  forbidden: {
    en: 'Your roles do not allow this. Ask an administrator for access.',
    de: 'Ihre Rollen erlauben dies nicht. Bitten Sie einen Administrator um Zugriff.',
  },
  refused: {
    en: 'This request cannot be handled here. Go back and try again.',
    de: 'Diese Anfrage kann hier nicht bearbeitet werden. Gehen Sie zurück, und versuchen Sie es erneut.',
  },
} as const satisfies Readonly<Record<string, LocalizedText>>;
