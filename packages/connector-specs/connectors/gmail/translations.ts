/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Search, read, label and send email in Gmail.':
      'E-Mails in Gmail suchen, lesen, mit Labels versehen und senden.',
    'Search messages': 'Nachrichten suchen',
    'Finds messages in Gmail by a search as in its search box, the newest first. Returns only ids of messages and threads: use getMessage to read one. Excludes spam and trash.':
      'Findet Nachrichten in Gmail mit einer Suche wie im Suchfeld, die neuesten zuerst. Liefert nur IDs von Nachrichten und Threads: getMessage liest eine. Ohne Spam und Papierkorb.',
    Query: 'Suchabfrage',
    'Search as in Gmail, for example: from:ana@example.com has:attachment newer_than:7d':
      'Suche wie in Gmail, zum Beispiel: from:ana@example.com has:attachment newer_than:7d',
    'Max results': 'Höchstzahl',
    'Messages per page, max 100': 'Nachrichten pro Seite, höchstens 100',
    'Page token': 'Token der Seite',
    'nextPageToken of the previous page': 'nextPageToken der vorherigen Seite',
    'List messages': 'Nachrichten auflisten',
    'Lists messages that have all given labels, for example INBOX and UNREAD, the newest first. Returns only ids of messages and threads: use getMessage to read one. Excludes spam and trash.':
      'Listet Nachrichten auf, die alle angegebenen Labels haben, zum Beispiel INBOX und UNREAD, die neuesten zuerst. Liefert nur IDs von Nachrichten und Threads: getMessage liest eine. Ohne Spam und Papierkorb.',
    'Label ids': 'IDs der Labels',
    'Only messages with all of these labels: ids as in the result of listLabels':
      'Nur Nachrichten mit allen diesen Labels: IDs wie im Ergebnis von listLabels',
    'Get message': 'Nachricht lesen',
    'Reads one message. minimal: labels and the start of the text; full: also headers, text and the ids of attachments; raw: the whole message. Bodies are in base64url (RFC 4648 section 5).':
      'Liest eine Nachricht. minimal: Labels und Anfang des Textes; full: auch Kopfzeilen, Text und die IDs der Anhänge; raw: die ganze Nachricht. Inhalte sind in base64url (RFC 4648, Abschnitt 5).',
    'Message id': 'ID der Nachricht',
    'Id of the message, as in the result of searchMessages':
      'ID der Nachricht, wie im Ergebnis von searchMessages',
    Format: 'Format',
    'Parts to read: minimal without headers and text, full, or raw (RFC 5322)':
      'Zu lesende Teile: minimal ohne Kopfzeilen und Text, full, oder raw (RFC 5322)',
    'Get attachment': 'Anhang herunterladen',
    'Downloads one attachment. Returns { id, size, content, encoding }: the content as text if it is UTF-8, else in base64. Its name and type are in the result of getMessage with the format full. Ids of attachments change with each reading of the message. The limit of the server for responses applies.':
      'Lädt einen Anhang herunter. Liefert { id, size, content, encoding }: den Inhalt als Text, wenn er UTF-8 ist, sonst in Base64. Name und Typ stehen im Ergebnis von getMessage mit dem Format full. IDs von Anhängen ändern sich mit jedem Lesen der Nachricht. Es gilt die Grenze des Servers für Antworten.',
    'Attachment id': 'ID des Anhangs',
    'attachmentId in a part of the message, as in the result of getMessage':
      'attachmentId in einem Teil der Nachricht, wie im Ergebnis von getMessage',
    'List labels': 'Labels auflisten',
    'Lists all labels of the mailbox with id and name: those of Gmail, such as INBOX, and those of the user. Other actions need the ids.':
      'Listet alle Labels des Postfachs mit ID und Name auf: die von Gmail, etwa INBOX, und die des Benutzers. Andere Aktionen brauchen die IDs.',
    'Mark as read': 'Als gelesen markieren',
    'Marks one message as read. Returns its labels.':
      'Markiert eine Nachricht als gelesen. Liefert ihre Labels.',
    'Mark as unread': 'Als ungelesen markieren',
    'Marks one message as unread. Returns its labels.':
      'Markiert eine Nachricht als ungelesen. Liefert ihre Labels.',
    'Modify labels': 'Labels ändern',
    'Adds labels to one message and removes labels from it, at most 100 each. Returns its labels. Removing INBOX archives the message. Use trashMessage to delete it.':
      'Fügt einer Nachricht Labels hinzu und entfernt Labels, jeweils höchstens 100. Liefert ihre Labels. Ohne INBOX ist die Nachricht archiviert. trashMessage löscht sie.',
    'Add label ids': 'Hinzuzufügende Labels',
    'Ids of labels to add, as in the result of listLabels':
      'IDs der hinzuzufügenden Labels, wie im Ergebnis von listLabels',
    'Remove label ids': 'Zu entfernende Labels',
    'Ids of labels to remove, as in the result of listLabels':
      'IDs der zu entfernenden Labels, wie im Ergebnis von listLabels',
    'Trash message': 'In den Papierkorb verschieben',
    'Moves one message to the trash, where Gmail deletes it after 30 days. untrashMessage takes it back before. Returns its labels.':
      'Verschiebt eine Nachricht in den Papierkorb, wo Gmail sie nach 30 Tagen löscht. untrashMessage holt sie vorher zurück. Liefert ihre Labels.',
    'Untrash message': 'Aus dem Papierkorb holen',
    'Takes one message out of the trash. Returns its labels.':
      'Holt eine Nachricht aus dem Papierkorb. Liefert ihre Labels.',
    'Send message': 'Nachricht senden',
    'Sends a new email as the user, to at most 500 recipients, without attachments. Returns the ids of message and thread. Use replyMessage to reply to a message.':
      'Sendet eine neue E-Mail im Namen des Benutzers, an höchstens 500 Empfänger, ohne Anhänge. Liefert die IDs von Nachricht und Thread. replyMessage beantwortet eine Nachricht.',
    To: 'An',
    'Recipients, each as ana@example.com or Ana <ana@example.com>':
      'Empfänger, jeder als ana@example.com oder Ana <ana@example.com>',
    Subject: 'Betreff',
    Body: 'Inhalt',
    'Text of the message, or HTML': 'Text der Nachricht, oder HTML',
    'Body type': 'Art des Inhalts',
    'Type of the body': 'Art des Inhalts',
    Cc: 'Kopie an',
    'Recipients of a copy, visible to all': 'Empfänger einer Kopie, für alle sichtbar',
    Bcc: 'Blindkopie an',
    'Recipients of a copy, visible to nobody else':
      'Empfänger einer Kopie, für niemanden sonst sichtbar',
    'Reply message': 'Nachricht beantworten',
    'Replies as the user to one message, in its thread, without attachments and without quoting it. Returns the ids of message and thread.':
      'Beantwortet im Namen des Benutzers eine Nachricht, in ihrem Thread, ohne Anhänge und ohne Zitat. Liefert die IDs von Nachricht und Thread.',
    'Default: that of the message with "Re:". With another subject Gmail starts a new thread':
      'Standard: der Betreff der Nachricht mit „Re:“. Bei einem anderen Betreff beginnt Gmail einen neuen Thread',
    'Default: the sender of the message, or where it asks to reply to':
      'Standard: der Absender der Nachricht, oder wohin sie Antworten erbittet',
  },
} as const;
