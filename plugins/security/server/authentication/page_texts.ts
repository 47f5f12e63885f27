import type { LocalizedText } from '@latchkey/core/common';

/** Texts of the pages that this plugin serves without the web app. */
export const PAGE_TEXTS = {
  loginTitle: { en: 'Sign in', de: 'Anmelden' },
  loginHeading: { en: 'Sign in to Latchkey', de: 'Bei Latchkey anmelden' },
  signedOut: { en: 'You have signed out.', de: 'Sie haben sich abgemeldet.' },
  sessionEnded: {
    en: 'Your session has ended. Sign in again.',
    de: 'Ihre Sitzung ist beendet. Melden Sie sich erneut an.',
  },
  needsScript: {
    en: 'Signing in needs JavaScript.',
    de: 'Zum Anmelden ist JavaScript erforderlich.',
  },
  username: { en: 'Username', de: 'Benutzername' },
  password: { en: 'Password', de: 'Passwort' },
  signIn: { en: 'Sign in', de: 'Anmelden' },
  /** The script of the login page shows this text and the following ones, up to `refused`. */
  missingFields: {
    en: 'Enter your username and your password.',
    de: 'Geben Sie Benutzername und Passwort ein.',
  },
  wrongCredentials: {
    en: 'Invalid username or password.',
    de: 'Benutzername oder Passwort ist falsch.',
  },
  tooManyFailures: {
    en: 'Too many failed logins. Try again in {wait}.',
    de: 'Zu viele fehlgeschlagene Anmeldungen. Versuchen Sie es in {wait} erneut.',
  },
  serverFailed: {
    en: 'The server cannot sign you in right now. Try again shortly.',
    de: 'Der Server kann Sie gerade nicht anmelden. Versuchen Sie es gleich noch einmal.',
  },
  noResponse: {
    en: 'The server does not respond. Check your connection and try again.',
    de: 'Der Server antwortet nicht. Prüfen Sie die Verbindung und versuchen Sie es erneut.',
  },
  refused: { en: 'Signing in failed.', de: 'Die Anmeldung ist fehlgeschlagen.' },
  logoutTitle: { en: 'Sign out', de: 'Abmelden' },
  logoutHeading: { en: 'Sign out of Latchkey?', de: 'Von Latchkey abmelden?' },
  logoutReason: {
    en: 'Another site asked to sign you out.',
    de: 'Eine andere Website möchte Sie abmelden.',
  },
  signOut: { en: 'Sign out', de: 'Abmelden' },
  stay: { en: 'Stay signed in', de: 'Angemeldet bleiben' },
} as const satisfies Readonly<Record<string, LocalizedText>>;
