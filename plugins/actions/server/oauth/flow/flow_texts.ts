import type { LocalizedText } from '@latchkey/core/common';

/** Texts of the pages at the end of a flow, except for the texts of error codes. */
export const FLOW_TEXTS = {
  connected: { en: 'You are connected', de: 'Sie sind verbunden' },
  connectedText: {
    en: 'The connector can now act with your account.',
    de: 'Der Konnektor kann jetzt mit Ihrem Konto arbeiten.',
  },
  failed: { en: 'The authorization failed', de: 'Die Autorisierung ist fehlgeschlagen' },
  nothingLeftToDo: { en: 'Nothing left to do', de: 'Es ist nichts mehr zu tun' },
  nothingChanged: { en: 'Nothing was changed', de: 'Es wurde nichts geändert' },
  nothingLeftToDecide: { en: 'Nothing left to decide', de: 'Es gibt nichts mehr zu entscheiden' },
  signInHere: {
    en: 'Sign in to this server in this browser, then start the authorization again from the connector.',
    de: 'Melden Sie sich in diesem Browser an diesem Server an, und beginnen Sie die Autorisierung dann beim Konnektor neu.',
  },
  myConnections: { en: 'Go to My connections', de: 'Zu Meine Verbindungen' },
  startAgain: { en: 'Start again', de: 'Neu beginnen' },
  closing: { en: 'This window closes by itself.', de: 'Dieses Fenster schließt sich von selbst.' },
  closeByHand: { en: 'You can close this window.', de: 'Sie können dieses Fenster schließen.' },
  finishing: { en: 'Finishing the authorization', de: 'Die Autorisierung wird abgeschlossen' },
  pressContinue: {
    en: 'If nothing happens, press Continue.',
    de: 'Wenn nichts geschieht, drücken Sie Weiter.',
  },
  continue: { en: 'Continue', de: 'Weiter' },
  nothingToAuthorize: {
    en: 'This connector uses no personal accounts, so there is nothing to authorize.',
    de: 'Dieser Konnektor verwendet keine persönlichen Konten, daher gibt es nichts zu autorisieren.',
  },
  secretsUnreadable: {
    en: 'The secrets of this connector cannot be read. An administrator must enter them again.',
    de: 'Die Zugangsdaten dieses Konnektors können nicht gelesen werden. Ein Administrator muss sie neu eingeben.',
  },
  connectorMissing: {
    en: 'This connector was not found. It may have been deleted, or it is in another space.',
    de: 'Dieser Konnektor wurde nicht gefunden. Möglicherweise wurde er gelöscht, oder er gehört zu einem anderen Bereich.',
  },
  keyMissing: {
    en: 'This server lacks the key with which the connector is encrypted. Ask an administrator to configure it.',
    de: 'Diesem Server fehlt der Schlüssel, mit dem der Konnektor verschlüsselt ist. Bitten Sie einen Administrator, ihn einzurichten.',
  },
  tryAgain: {
    en: 'The server cannot handle this right now. Try again in a moment.',
    de: 'Der Server kann dies im Moment nicht bearbeiten. Versuchen Sie es gleich noch einmal.',
  },
} as const satisfies Readonly<Record<string, LocalizedText>>;
