/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Search, read and send messages in Slack, and list channels, users and files.':
      'Nachrichten in Slack suchen, lesen und senden sowie Kanäle, Benutzer und Dateien auflisten.',
    'Search messages': 'Nachrichten suchen',
    'Finds messages in channels and direct messages that the user can read, by words or by a question. Returns text, sender, channel and link of each message. Max 20 messages a page. Use getConversationHistory to read a known channel in order.':
      'Findet Nachrichten in Kanälen und Direktnachrichten, die der Benutzer lesen kann, nach Wörtern oder einer Frage. Liefert Text, Absender, Kanal und Link jeder Nachricht. Höchstens 20 Nachrichten pro Seite. getConversationHistory liest einen bekannten Kanal der Reihe nach.',
    Query: 'Suchabfrage',
    'Words or a question to search for': 'Wörter oder eine Frage, nach denen gesucht wird',
    'In channel': 'In Kanal',
    'Only in this channel: its name, or "<#" id ">"':
      'Nur in diesem Kanal: sein Name oder „<#“ ID „>“',
    'From user': 'Von Benutzer',
    'Only from this user: "@" and the name, or "<@" id ">"':
      'Nur von diesem Benutzer: „@“ und der Name oder „<@“ ID „>“',
    After: 'Nach',
    'Only after this day, as YYYY-MM-DD': 'Nur nach diesem Tag, als JJJJ-MM-TT',
    Before: 'Vor',
    'Only before this day, as YYYY-MM-DD': 'Nur vor diesem Tag, als JJJJ-MM-TT',
    Sort: 'Sortierung',
    'Order: by relevance or by time': 'Reihenfolge: nach Relevanz oder nach Zeit',
    'Sort dir': 'Richtung der Sortierung',
    'Direction of the order': 'Richtung der Reihenfolge',
    Count: 'Anzahl',
    'Messages per page, max 20': 'Nachrichten pro Seite, höchstens 20',
    'Include context messages': 'Mit umgebenden Nachrichten',
    'true: with the messages before and after each':
      'true: mit den Nachrichten vor und nach jeder gefundenen',
    'Include bots': 'Mit Bots',
    'true: also messages of bots': 'true: auch Nachrichten von Bots',
    'Include message blocks': 'Mit Layout-Blöcken',
    'true: with the layout blocks of messages': 'true: mit den Layout-Blöcken der Nachrichten',
    'Send message': 'Nachricht senden',
    'Posts a message as the user into a channel, a direct message or a thread, and notifies its members. Returns the channel and ts, which updateMessage needs. Slack permits about one message per second and channel.':
      'Sendet eine Nachricht im Namen des Benutzers in einen Kanal, eine Direktnachricht oder einen Thread und benachrichtigt die Mitglieder. Liefert den Kanal und ts, die updateMessage braucht. Slack erlaubt etwa eine Nachricht pro Sekunde und Kanal.',
    Channel: 'Kanal',
    'Id of a conversation, or of a user for a direct message':
      'ID einer Unterhaltung, oder eines Benutzers für eine Direktnachricht',
    Text: 'Text',
    "Text in Slack's mrkdwn: *bold*, _italic_, <url|label>, <@user id>":
      'Text in mrkdwn von Slack: *fett*, _kursiv_, <URL|Text>, <@Benutzer-ID>',
    'Thread ts': 'ts des Threads',
    'ts of the first message of a thread to reply to':
      'ts der ersten Nachricht des Threads, auf den geantwortet wird',
    'Unfurl links': 'Vorschau von Links',
    'true: with previews of linked pages': 'true: mit Vorschau der verlinkten Seiten',
    'Unfurl media': 'Vorschau von Medien',
    'false: without previews of linked media': 'false: ohne Vorschau der verlinkten Medien',
    'Update message': 'Nachricht ändern',
    'Replaces the text of a message that the user posted. The former text is lost. Returns channel, ts and text of the message. The text may have 4000 characters, fewer than that of a new message. Fails with edit_window_closed if the workspace no longer permits a change.':
      'Ersetzt den Text einer Nachricht, die der Benutzer gesendet hat. Der frühere Text geht verloren. Liefert Kanal, ts und Text der Nachricht. Der Text darf 4000 Zeichen haben, weniger als der einer neuen Nachricht. Schlägt mit edit_window_closed fehl, wenn der Workspace keine Änderung mehr erlaubt.',
    'Id of the conversation, for example "C0123456789"':
      'ID der Unterhaltung, zum Beispiel „C0123456789“',
    Ts: 'ts',
    'ts of the message': 'ts der Nachricht',
    'Create conversation': 'Kanal anlegen',
    'Creates a public or private channel, with the user as its first member. Returns the channel. Fails with name_taken if the name is in use, also by an archived channel.':
      'Legt einen öffentlichen oder privaten Kanal an, mit dem Benutzer als erstem Mitglied. Liefert den Kanal. Schlägt mit name_taken fehl, wenn der Name vergeben ist, auch an einen archivierten Kanal.',
    Name: 'Name',
    'Name in lower case without spaces or periods, max 80 characters':
      'Name in Kleinbuchstaben ohne Leerzeichen und Punkte, höchstens 80 Zeichen',
    'Is private': 'Privat',
    'true: only invited users see the channel': 'true: nur eingeladene Benutzer sehen den Kanal',
    'Get conversation history': 'Nachrichten lesen',
    'Reads messages of one conversation, the newest first. Replies in threads are not included, only their number. Slack limits apps that are distributed outside its Marketplace to 15 messages and one call a minute. Use searchMessages to find messages by text.':
      'Liest Nachrichten einer Unterhaltung, die neuesten zuerst. Antworten in Threads sind nicht enthalten, nur ihre Anzahl. Slack begrenzt Apps, die außerhalb seines Marketplace verteilt werden, auf 15 Nachrichten und einen Aufruf pro Minute. searchMessages findet Nachrichten nach Text.',
    Oldest: 'Älteste',
    'Only messages after this Unix time in seconds':
      'Nur Nachrichten nach dieser Unix-Zeit in Sekunden',
    Latest: 'Neueste',
    'Only messages before this Unix time in seconds':
      'Nur Nachrichten vor dieser Unix-Zeit in Sekunden',
    Inclusive: 'Einschließlich',
    'true: also messages exactly at oldest and latest':
      'true: auch Nachrichten genau zu den Zeiten oldest und latest',
    Limit: 'Elemente pro Seite',
    'Items per page, max 1000': 'Elemente pro Seite, höchstens 1000',
    'Get conversation info': 'Unterhaltung lesen',
    'Reads one conversation by its id: name, topic, purpose and whether it is private or archived. Use getConversationHistory for its messages.':
      'Liest eine Unterhaltung nach ihrer ID: Name, Thema, Zweck und ob sie privat oder archiviert ist. getConversationHistory liest ihre Nachrichten.',
    'Include num members': 'Mit Anzahl der Mitglieder',
    'true: also returns the number of members': 'true: liefert auch die Anzahl der Mitglieder',
    'Include locale': 'Mit Sprache',
    'true: also returns the language setting': 'true: liefert auch die Spracheinstellung',
    'Invite to conversation': 'In Kanal einladen',
    'Adds up to 1000 users to a channel that the user is a member of. Notifies them. Returns the channel. Adds nobody if one of the users cannot be added.':
      'Fügt einem Kanal, in dem der Benutzer Mitglied ist, bis zu 1000 Benutzer hinzu. Benachrichtigt sie. Liefert den Kanal. Fügt niemanden hinzu, wenn einer der Benutzer nicht hinzugefügt werden kann.',
    Users: 'Benutzer',
    'Ids of users, separated by commas': 'IDs von Benutzern, durch Kommas getrennt',
    'List channels': 'Kanäle auflisten',
    'Lists the conversations of the workspace, by default its public channels, with id, name and whether the user is a member. Use resolveChannelId to find one channel by name. A page may have fewer items than its limit and still not be the last one.':
      'Listet die Unterhaltungen des Workspace auf, standardmäßig seine öffentlichen Kanäle, mit ID, Name und ob der Benutzer Mitglied ist. resolveChannelId findet einen Kanal nach Namen. Eine Seite kann weniger Elemente haben als ihr Limit und trotzdem nicht die letzte sein.',
    Types: 'Arten',
    'Kinds of conversations; im: direct messages, mpim: direct messages in a group':
      'Arten von Unterhaltungen; im: Direktnachrichten, mpim: Direktnachrichten in einer Gruppe',
    'Exclude archived': 'Ohne archivierte',
    'true: without archived channels': 'true: ohne archivierte Kanäle',
    'List user conversations': 'Unterhaltungen eines Benutzers auflisten',
    'Lists the conversations that a user is a member of, by default the user of the credentials, with private channels and direct messages. For another user, it lists only conversations that the user of the credentials can see.':
      'Listet die Unterhaltungen auf, in denen ein Benutzer Mitglied ist, standardmäßig der Benutzer der Zugangsdaten, mit privaten Kanälen und Direktnachrichten. Für einen anderen Benutzer nur solche, die der Benutzer der Zugangsdaten sehen kann.',
    User: 'Benutzer',
    'Id of the user, for example "U0123456789"': 'ID des Benutzers, zum Beispiel „U0123456789“',
    'Resolve channel id': 'ID eines Kanals finden',
    'Finds the id of a channel by its name, which most other actions need. Reads the list of channels page by page; if it was not found in maxPages pages, continue with the returned nextCursor.':
      'Findet die ID eines Kanals nach seinem Namen; die meisten anderen Aktionen brauchen sie. Liest die Liste der Kanäle Seite für Seite; wurde er in maxPages Seiten nicht gefunden, geht es mit dem gelieferten nextCursor weiter.',
    'Name of the channel, with or without #': 'Name des Kanals, mit oder ohne #',
    Match: 'Übereinstimmung',
    'exact: the whole name; contains: the first channel whose name contains the text':
      'exact: der ganze Name; contains: der erste Kanal, dessen Name den Text enthält',
    'Max pages': 'Höchstzahl der Seiten',
    'Pages to read at most, max 100': 'Seiten, die höchstens gelesen werden, maximal 100',
    'Get file info': 'Angaben zu einer Datei lesen',
    'Reads name, type, size, owner and links of one file that the user can see. Does not return the content of the file.':
      'Liest Name, Typ, Größe, Eigentümer und Links einer Datei, die der Benutzer sehen kann. Liefert nicht den Inhalt der Datei.',
    File: 'Datei',
    'Id of the file, for example "F0123456789"': 'ID der Datei, zum Beispiel „F0123456789“',
    'List files': 'Dateien auflisten',
    'Lists files that the user can see, the newest first, of one channel, one user or the whole workspace. Does not return the content of files.':
      'Listet Dateien auf, die der Benutzer sehen kann, die neuesten zuerst, eines Kanals, eines Benutzers oder des ganzen Workspace. Liefert nicht den Inhalt von Dateien.',
    'Ts from': 'Ab',
    'Only files since this Unix time in seconds': 'Nur Dateien ab dieser Unix-Zeit in Sekunden',
    'Ts to': 'Bis',
    'Only files until this Unix time in seconds': 'Nur Dateien bis zu dieser Unix-Zeit in Sekunden',
    'Types of files, separated by commas: images, pdfs, snippets, gdocs, zips, spaces':
      'Typen von Dateien, durch Kommas getrennt: images, pdfs, snippets, gdocs, zips, spaces',
    'Files per page, max 200': 'Dateien pro Seite, höchstens 200',
    Page: 'Seite',
    'Number of the page, from 1': 'Nummer der Seite, ab 1',
    'List users': 'Benutzer auflisten',
    'Lists the members of the workspace, bots and deactivated users included, with name, title and time zone. Use lookupUserByEmail to find one user.':
      'Listet die Mitglieder des Workspace auf, auch Bots und deaktivierte Benutzer, mit Name, Titel und Zeitzone. lookupUserByEmail findet einen Benutzer.',
    'Lookup user by email': 'Benutzer nach E-Mail finden',
    'Finds the active member of the workspace with an email address. Fails with users_not_found if there is none.':
      'Findet das aktive Mitglied des Workspace mit einer E-Mail-Adresse. Schlägt mit users_not_found fehl, wenn es keines gibt.',
    Email: 'E-Mail',
    'Complete email address': 'Vollständige E-Mail-Adresse',
    'Who am i': 'Eigenes Konto lesen',
    'Returns the Slack user and the workspace of the credentials. Use it to find out who "me" is, and to check that the connection works.':
      'Liefert den Slack-Benutzer und den Workspace der Zugangsdaten. Damit lässt sich feststellen, wer „ich“ ist und ob die Verbindung funktioniert.',
  },
} as const;
