/** Texts that the connectors of Microsoft Graph share, by the English text. */
export const GRAPH_TRANSLATIONS = {
  'Page token': 'Token der Seite',
  '@odata.nextLink of the previous page': '@odata.nextLink der vorherigen Seite',
} as const;

/** Texts of searches. */
export const GRAPH_SEARCH_TRANSLATIONS = {
  Query: 'Suchtext',
  'Words to find, or a query in KQL, for example: from:anna':
    'Gesuchte Wörter oder eine Abfrage in KQL, zum Beispiel: from:anna',
  From: 'Ab Ergebnis',
  'Number of results to skip': 'Anzahl der übersprungenen Ergebnisse',
  Size: 'Anzahl',
} as const;

/** Texts of actions with files. */
export const GRAPH_FILE_TRANSLATIONS = {
  'Drive id': 'ID des Laufwerks',
  'Item id': 'ID des Elements',
  'Id of the file or folder': 'ID der Datei oder des Ordners',
} as const;
