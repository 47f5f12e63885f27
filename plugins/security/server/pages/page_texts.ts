import type { Language } from '@latchkey/core/common';

/** Texts of the pages that this plugin serves without the web app. Plain text. */
const EN = {
  loginTitle: 'Sign in - Latchkey',
  loginHeading: 'Sign in to Latchkey',
  signedOut: 'You have signed out.',
  sessionEnded: 'Your session has ended. Sign in again.',
  needsScript: 'Signing in needs JavaScript.',
  username: 'Username',
  password: 'Password',
  signIn: 'Sign in',
  /** The script of the login page shows these. */
  missingFields: 'Enter your username and your password.',
  wrongCredentials: 'Invalid username or password.',
  tooManyFailures: 'Too many failed logins. Try again in {wait}.',
  serverFailed: 'The server cannot sign you in right now. Try again shortly.',
  noResponse: 'The server does not respond. Check your connection and try again.',
  refused: 'Signing in failed.',
  logoutTitle: 'Sign out - Latchkey',
  logoutHeading: 'Sign out of Latchkey?',
  logoutReason: 'Another site asked to sign you out.',
  signOut: 'Sign out',
  stay: 'Stay signed in',
};

/** Texts by name. */
export type PageTexts = typeof EN;

const DE: PageTexts = {
  loginTitle: 'Anmelden - Latchkey',
  loginHeading: 'Bei Latchkey anmelden',
  signedOut: 'Sie haben sich abgemeldet.',
  sessionEnded: 'Ihre Sitzung ist beendet. Melden Sie sich erneut an.',
  needsScript: 'Zum Anmelden ist JavaScript erforderlich.',
  username: 'Benutzername',
  password: 'Passwort',
  signIn: 'Anmelden',
  missingFields: 'Geben Sie Benutzername und Passwort ein.',
  wrongCredentials: 'Benutzername oder Passwort ist falsch.',
  tooManyFailures: 'Zu viele fehlgeschlagene Anmeldungen. Versuchen Sie es in {wait} erneut.',
  serverFailed: 'Der Server kann Sie gerade nicht anmelden. Versuchen Sie es gleich noch einmal.',
  noResponse: 'Der Server antwortet nicht. Prüfen Sie die Verbindung und versuchen Sie es erneut.',
  refused: 'Die Anmeldung ist fehlgeschlagen.',
  logoutTitle: 'Abmelden - Latchkey',
  logoutHeading: 'Von Latchkey abmelden?',
  logoutReason: 'Eine andere Website möchte Sie abmelden.',
  signOut: 'Abmelden',
  stay: 'Angemeldet bleiben',
};

const TEXTS: Readonly<Record<Language, PageTexts>> = { en: EN, de: DE, 'en-XA': pseudo(EN) };

/** The texts in a language. */
export const pageTexts = (language: Language): PageTexts => TEXTS[language];

/** Accents on vowels and brackets around the text; placeholders stay. */
function pseudo(texts: PageTexts): PageTexts {
  const accented: Readonly<Record<string, string>> = { a: 'á', e: 'é', i: 'í', o: 'ó', u: 'ú' };
  const change = (text: string) =>
    `[${text.replace(/\{[^}]*\}|[aeiou]/g, (part) => accented[part] ?? part)}]`;
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, change(text)]),
  ) as PageTexts;
}
