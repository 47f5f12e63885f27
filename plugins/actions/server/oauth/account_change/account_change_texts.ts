import type { LocalizedText } from '@latchkey/core/common';
import type { ReleasedRevocation } from '../tokens/index.ts';

/** Texts of the page on which a user decides about another account. */
export const ACCOUNT_CHANGE_TEXTS = {
  title: { en: 'Keep or change the account?', de: 'Konto behalten oder wechseln?' },
  otherAccount: {
    en: '“{connector}” is connected with one account, and you have just signed in at the provider with another.',
    de: '„{connector}“ ist mit einem Konto verbunden, und Sie haben sich beim Anbieter gerade mit einem anderen angemeldet.',
  },
  unnamedAccount: {
    en: '“{connector}” is connected with one account, and the provider did not say with which account you have just signed in.',
    de: '„{connector}“ ist mit einem Konto verbunden, und der Anbieter hat nicht mitgeteilt, mit welchem Konto Sie sich gerade angemeldet haben.',
  },
  connected: { en: 'Connected', de: 'Verbunden' },
  signedInNow: { en: 'Signed in now', de: 'Jetzt angemeldet' },
  unknownAccount: { en: 'An unknown account', de: 'Ein unbekanntes Konto' },
  revocation: {
    en: 'If you keep the account, the new authorization is revoked where the provider offers that. If you change it, the old one is.',
    de: 'Wenn Sie das Konto behalten, wird die neue Autorisierung widerrufen, sofern der Anbieter das anbietet. Wenn Sie es wechseln, die alte.',
  },
  jointRevocation: {
    en: 'Where revoking one of them might end both, it is revoked when the other one ends.',
    de: 'Wo der Widerruf der einen beide beenden könnte, wird sie widerrufen, wenn die andere endet.',
  },
  oneMinute: {
    en: 'Without a decision within one minute it is kept; until then {account} stays in use.',
    de: 'Ohne Entscheidung innerhalb einer Minute bleibt es; bis dahin bleibt {account} in Verwendung.',
  },
  minutes: {
    en: 'Without a decision within {minutes} minutes it is kept; until then {account} stays in use.',
    de: 'Ohne Entscheidung innerhalb von {minutes} Minuten bleibt es; bis dahin bleibt {account} in Verwendung.',
  },
  otherBrowser: {
    en: 'You can change the account only in the browser in which you signed in at the provider.',
    de: 'Sie können das Konto nur in dem Browser wechseln, in dem Sie sich beim Anbieter angemeldet haben.',
  },
  keep: { en: 'Keep {account}', de: '{account} behalten' },
  changeTo: { en: 'Change to {account}', de: 'Zu {account} wechseln' },
  useNew: { en: 'Use the new authorization', de: 'Die neue Autorisierung verwenden' },
  nothingChanged: { en: 'Nothing was changed', de: 'Es wurde nichts geändert' },
  decideThere: {
    en: 'Open the page again and decide there.',
    de: 'Öffnen Sie die Seite noch einmal, und entscheiden Sie dort.',
  },
} as const satisfies Readonly<Record<string, LocalizedText>>;

/** Texts for a user who keeps the connected account, by the result of revoking the new grant. */
export const REVOCATION_TEXTS: Readonly<Record<ReleasedRevocation, LocalizedText>> = {
  revoked: {
    en: 'The new authorization was revoked.',
    de: 'Die neue Autorisierung wurde widerrufen.',
  },
  waiting: {
    en: 'The new authorization could not be revoked yet. This server tries again until the provider accepts it.',
    de: 'Die neue Autorisierung konnte noch nicht widerrufen werden. Dieser Server versucht es, bis der Anbieter es annimmt.',
  },
  unsupported: {
    en: 'This provider offers no way to revoke the new authorization. Remove it in the settings of your account there.',
    de: 'Dieser Anbieter bietet keine Möglichkeit, die neue Autorisierung zu widerrufen. Entfernen Sie sie dort in den Einstellungen Ihres Kontos.',
  },
  with_connected: {
    en: 'The new authorization is revoked together with the connected one, because this provider cannot revoke it alone.',
    de: 'Die neue Autorisierung wird zusammen mit der verbundenen widerrufen, weil dieser Anbieter sie nicht einzeln widerrufen kann.',
  },
};
