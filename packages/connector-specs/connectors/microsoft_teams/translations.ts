import {
  GRAPH_SEARCH_TRANSLATIONS,
  GRAPH_TRANSLATIONS,
} from '../../microsoft_graph/translations.ts';
/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    ...GRAPH_TRANSLATIONS,
    ...GRAPH_SEARCH_TRANSLATIONS,
    'Read and send messages in channels and chats of Microsoft Teams.':
      'Nachrichten in Kanälen und Chats von Microsoft Teams lesen und senden.',
    'List joined teams': 'Teams auflisten',
    'Lists teams of the user who connected, or of another user, with id and name. Use listChannels for their channels.':
      'Listet Teams des verbundenen Benutzers oder eines anderen Benutzers mit ID und Name auf. listChannels liefert ihre Kanäle.',
    'User id': 'ID des Benutzers',
    'Id or user principal name of a user. Required with client credentials only':
      'ID oder Benutzerprinzipalname eines Benutzers. Nur mit Client Credentials erforderlich',
    'List channels': 'Kanäle auflisten',
    'Lists channels of a team with id, name and description.':
      'Listet Kanäle eines Teams mit ID, Name und Beschreibung auf.',
    'Team id': 'ID des Teams',
    'Id of the team': 'ID des Teams',
    'List channel messages': 'Nachrichten eines Kanals auflisten',
    'Lists messages of a channel, the latest changed first, without their replies, one page at a time.':
      'Listet Nachrichten eines Kanals auf, die zuletzt geänderten zuerst, ohne Antworten, eine Seite nach der anderen.',
    'Channel id': 'ID des Kanals',
    'Id of the channel': 'ID des Kanals',
    Top: 'Einträge pro Seite',
    'Items per page, max 50': 'Einträge pro Seite, höchstens 50',
    'List chats': 'Chats auflisten',
    'Lists chats of the user who connected, or of another user, with id, type and topic. Use listChatMessages for their messages.':
      'Listet Chats des verbundenen Benutzers oder eines anderen Benutzers mit ID, Art und Thema auf. listChatMessages liefert ihre Nachrichten.',
    'List chat messages': 'Nachrichten eines Chats auflisten',
    'Lists messages of a chat, the newest first, one page at a time.':
      'Listet Nachrichten eines Chats auf, die neuesten zuerst, eine Seite nach der anderen.',
    'Chat id': 'ID des Chats',
    'Id of the chat': 'ID des Chats',
    'Search messages': 'Nachrichten suchen',
    'Searches messages of chats and channels that the user can read, with a query in KQL. Works only for users, not with client credentials.':
      'Durchsucht Nachrichten der Chats und Kanäle, die der Benutzer lesen kann, mit einer Abfrage in KQL. Nur für Benutzer möglich, nicht mit Client Credentials.',
    'Results, max 25': 'Ergebnisse, höchstens 25',
    'Enable top results': 'Relevanteste zuerst',
    'true: the most relevant first. Default: the newest first':
      'true: die relevantesten zuerst. Standard: die neuesten zuerst',
    'Get user': 'Benutzer lesen',
    'Reads one user of the tenant: id, name and email address. Use it to find the id of a user for createChat.':
      'Liest einen Benutzer des Mandanten: ID, Name und E-Mail-Adresse. Nützlich, um die ID eines Benutzers für createChat zu finden.',
    'Id or user principal name of the user': 'ID oder Benutzerprinzipalname des Benutzers',
    'Create chat': 'Chat anlegen',
    'Creates a chat and returns its id for sendChatMessage. If a chat of the same two users exists, it is returned.':
      'Legt einen Chat an und liefert seine ID für sendChatMessage. Besteht schon ein Chat derselben zwei Benutzer, wird dieser geliefert.',
    'Chat type': 'Art des Chats',
    'Chat of two users, or of a group': 'Chat zweier Benutzer oder einer Gruppe',
    'User ids': 'IDs der Benutzer',
    'Ids or user principal names of all members, also of the user who connected':
      'IDs oder Benutzerprinzipalnamen aller Mitglieder, auch des verbundenen Benutzers',
    Topic: 'Thema',
    'Title of a group chat': 'Titel eines Gruppenchats',
    'Send channel message': 'Nachricht an Kanal senden',
    'Sends a new message to a channel as the user who connected. Not possible with client credentials.':
      'Sendet eine neue Nachricht als der verbundene Benutzer an einen Kanal. Mit Client Credentials nicht möglich.',
    'Send chat message': 'Nachricht an Chat senden',
    'Sends a message to a chat as the user who connected. Not possible with client credentials.':
      'Sendet eine Nachricht als der verbundene Benutzer an einen Chat. Mit Client Credentials nicht möglich.',
    Content: 'Text',
    'Text of the message': 'Text der Nachricht',
    'Content type': 'Format',
    'Format of the text: plain or HTML': 'Format des Textes: einfach oder HTML',
    'Update message': 'Nachricht ändern',
    'Replaces the text of a message in a channel. The user who connected must have written it. Returns { ok: true }.':
      'Ersetzt den Text einer Nachricht in einem Kanal. Der verbundene Benutzer muss sie geschrieben haben. Liefert { ok: true }.',
    'Message id': 'ID der Nachricht',
    'Id of the message': 'ID der Nachricht',
  },
} as const;
