import type { LocalizedText } from '@latchkey/core/common';

/** Texts of the confirmation page, and of the page that sends the browser to the provider. */
export const CONFIRMATION_TEXTS = {
  title: { en: 'Authorize {connector}', de: '{connector} autorisieren' },
  heading: { en: 'Authorize “{connector}”?', de: '„{connector}“ autorisieren?' },
  lead: {
    en: 'This connector will act with your own account. Continue only if you expected this.',
    de: 'Dieser Konnektor wird mit Ihrem eigenen Konto arbeiten. Fahren Sie nur fort, wenn Sie das erwartet haben.',
  },
  continueTo: { en: 'Continue to {provider}', de: 'Weiter zu {provider}' },
  cancel: { en: 'Cancel', de: 'Abbrechen' },
  expired: {
    en: 'This page was open for too long, or in another browser. Check it again.',
    de: 'Diese Seite war zu lange oder in einem anderen Browser geöffnet. Prüfen Sie sie noch einmal.',
  },
  changed: {
    en: 'The connector has been changed since this page was opened. Check it again.',
    de: 'Der Konnektor wurde geändert, seit diese Seite geöffnet wurde. Prüfen Sie sie noch einmal.',
  },
  cannotStart: {
    en: 'The authorization cannot start',
    de: 'Die Autorisierung kann nicht beginnen',
  },
  goingTo: { en: 'Going to {provider}', de: 'Weiter zu {provider}' },
  pressContinue: {
    en: 'If nothing happens, press Continue. You have ten minutes.',
    de: 'Wenn nichts geschieht, drücken Sie Weiter. Sie haben zehn Minuten Zeit.',
  },
  continue: { en: 'Continue', de: 'Weiter' },
  onlyGet: { en: 'Only GET is allowed here.', de: 'Hier ist nur GET erlaubt.' },
  ownWindow: {
    en: 'An authorization can only be started in a window of its own.',
    de: 'Eine Autorisierung kann nur in einem eigenen Fenster beginnen.',
  },
  ownPage: {
    en: 'An authorization can only be confirmed on the page of this server.',
    de: 'Eine Autorisierung kann nur auf der Seite dieses Servers bestätigt werden.',
  },
  otherUser: {
    en: 'This link is meant for [{intended}], and you are signed in as [{user}]. Sign in as [{intended}] and open it again, or ask for a link of your own. Nothing was started.',
    de: 'Dieser Link ist für [{intended}] bestimmt, und Sie sind als [{user}] angemeldet. Melden Sie sich als [{intended}] an, und öffnen Sie ihn noch einmal, oder bitten Sie um einen eigenen Link. Es wurde nichts begonnen.',
  },
} as const satisfies Readonly<Record<string, LocalizedText>>;

/** Texts of the table on the confirmation page. */
export const ROW_TEXTS = {
  user: { en: 'Signed in as', de: 'Angemeldet als' },
  connector: { en: 'Connector', de: 'Konnektor' },
  space: { en: 'Space', de: 'Bereich' },
  provider: { en: 'Sign in at', de: 'Anmeldung bei' },
  apiHosts: { en: 'Access used at', de: 'Zugriff verwendet bei' },
  permissions: { en: 'Permissions', de: 'Berechtigungen' },
  account: { en: 'Connected account', de: 'Verbundenes Konto' },
  tokensVia: {
    en: 'Access is handed over by {host}',
    de: 'Der Zugriff wird von {host} übergeben',
  },
  anyHost: {
    en: 'Any host that this server may call',
    de: 'Jeder Host, den dieser Server aufrufen darf',
  },
  providerDefaults: {
    en: 'The defaults of the provider, which it will show you',
    de: 'Die Vorgaben des Anbieters, die er Ihnen zeigen wird',
  },
  preconfigured: {
    en: '{type} · from the server’s configuration',
    de: '{type} · aus der Konfiguration des Servers',
  },
  createdBy: { en: '{type} · created by {creator}', de: '{type} · angelegt von {creator}' },
  changedBy: {
    en: '{type} · created by {creator}, last changed by {editor}',
    de: '{type} · angelegt von {creator}, zuletzt geändert von {editor}',
  },
  unknownUser: {
    en: 'an unknown user (not recorded by an older version)',
    de: 'einem unbekannten Benutzer (von einer älteren Version nicht gespeichert)',
  },
  none: { en: 'None', de: 'Keines' },
  unnamedAccount: {
    en: 'An account the provider did not name',
    de: 'Ein Konto, das der Anbieter nicht genannt hat',
  },
  since: { en: 'since {day}', de: 'seit {day}' },
  mustBeRenewed: { en: 'must be renewed', de: 'muss erneuert werden' },
  beingRevoked: {
    en: 'an earlier authorization is still being revoked',
    de: 'eine frühere Autorisierung wird noch widerrufen',
  },
} as const satisfies Readonly<Record<string, LocalizedText>>;
