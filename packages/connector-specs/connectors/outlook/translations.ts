import {
  GRAPH_SEARCH_TRANSLATIONS,
  GRAPH_TRANSLATIONS,
} from '../../microsoft_graph/translations.ts';
/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    ...GRAPH_TRANSLATIONS,
    ...GRAPH_SEARCH_TRANSLATIONS,
    'Search and read mail in Outlook.': 'E-Mails in Outlook suchen und lesen.',
    'Search messages': 'Nachrichten suchen',
    'Searches the mailbox of the user with a query in KQL, the newest first. hits contains the messages with a summary; use getMessage with hitId for the text.':
      'Durchsucht das Postfach des Benutzers mit einer Abfrage in KQL, die neuesten zuerst. hits enthält die Nachrichten mit einer Zusammenfassung; getMessage liefert mit hitId den Text.',
    'Results, max 25': 'Ergebnisse, höchstens 25',
    'List messages': 'Nachrichten auflisten',
    'Lists messages of a folder or of the whole mailbox with sender, subject and preview, by default the newest first. Use getMessage for the text, searchMessages to find words.':
      'Listet Nachrichten eines Ordners oder des ganzen Postfachs mit Absender, Betreff und Vorschau auf, standardmäßig die neuesten zuerst. getMessage liefert den Text, searchMessages findet Wörter.',
    'Folder id': 'ID des Ordners',
    'Id of a folder, or its well-known name such as "inbox". Default: all folders':
      'ID eines Ordners oder sein bekannter Name wie „inbox“. Standard: alle Ordner',
    Top: 'Einträge pro Seite',
    'Items per page, max 100': 'Einträge pro Seite, höchstens 100',
    Filter: 'Filter',
    'Condition in OData, for example: isRead eq false':
      'Bedingung in OData, zum Beispiel: isRead eq false',
    Orderby: 'Sortierung',
    'Field to sort by. With a filter, it must begin with the fields of the filter. Default: the newest first; with a filter, the order of Outlook':
      'Feld, nach dem sortiert wird. Mit einem Filter muss sie mit den Feldern des Filters beginnen. Standard: die neuesten zuerst; mit einem Filter die Reihenfolge von Outlook',
    'Get message': 'Nachricht lesen',
    'Reads one message with its text, recipients and times. Does not return attachments.':
      'Liest eine Nachricht mit Text, Empfängern und Zeiten. Liefert keine Anhänge.',
    'Message id': 'ID der Nachricht',
    'Id of the message': 'ID der Nachricht',
    'List attachments': 'Anhänge auflisten',
    'Lists attachments of a message with name, type and size. Use getAttachment for the content.':
      'Listet Anhänge einer Nachricht mit Name, Typ und Größe auf. getAttachment liefert den Inhalt.',
    'Get attachment': 'Anhang lesen',
    'Reads one attachment of a message. For a file, contentBytes is its content in base64.':
      'Liest einen Anhang einer Nachricht. Bei einer Datei ist contentBytes ihr Inhalt in base64.',
    'Attachment id': 'ID des Anhangs',
    'Id of the attachment': 'ID des Anhangs',
    'List folders': 'Ordner auflisten',
    'Lists mail folders of the user with id, name and number of messages, without folders below them.':
      'Listet E-Mail-Ordner des Benutzers mit ID, Name und Anzahl der Nachrichten auf, ohne Unterordner.',
    'Include hidden': 'Auch verborgene',
    'Also list hidden folders': 'Auch verborgene Ordner auflisten',
  },
} as const;
