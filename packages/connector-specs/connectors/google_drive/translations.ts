/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Search, list and download files in Google Drive.':
      'Dateien in Google Drive suchen, auflisten und herunterladen.',
    Query: 'Suchabfrage',
    'Page size': 'Seitengröße',
    'Page token': 'Token der Seite',
    'Order by': 'Sortierung',
    'Folder id': 'ID des Ordners',
    'Include trashed': 'Papierkorb einbeziehen',
    'File id': 'ID der Datei',
    'File ids': 'IDs der Dateien',
    'Response type': 'Art der Antwort',
    'Search files': 'Dateien suchen',
    "Searches the user's Google Drive with a query in Drive's search syntax (fields name, fullText, mimeType, modifiedTime, owners, parents, trashed; operators contains, =, !=, <, >, in, and, or, not; text in single quotes). Returns one page of files.":
      'Durchsucht das Google Drive des Benutzers mit einer Abfrage in der Suchsyntax von Drive (Felder name, fullText, mimeType, modifiedTime, owners, parents, trashed; Operatoren contains, =, !=, <, >, in, and, or, not; Text in einfachen Anführungszeichen). Liefert eine Seite mit Dateien.',
    'Drive search query, for example: name contains \'plan\' and mimeType = "text/csv"':
      'Suchabfrage für Drive, zum Beispiel: name contains \'plan\' and mimeType = "text/csv"',
    'Files per page, max 1000': 'Dateien pro Seite, höchstens 1000',
    'nextPageToken of the previous page': 'nextPageToken der vorherigen Seite',
    'Sort order, for example "modifiedTime desc"': 'Sortierung, zum Beispiel „modifiedTime desc“',
    'List files': 'Dateien auflisten',
    "Lists files and folders directly inside one folder of the user's Google Drive, one page at a time.":
      'Listet Dateien und Ordner direkt in einem Ordner des Google Drive des Benutzers auf, eine Seite nach der anderen.',
    'Folder id; "root" is My Drive': 'ID des Ordners; „root“ ist Meine Ablage',
    'Also list files in the trash': 'Auch Dateien im Papierkorb auflisten',
    'Download file': 'Datei herunterladen',
    'Downloads one file. Returns id, name, mimeType and size in bytes of the content, the content, and its encoding: "utf-8" or "base64". With responseType "text", Google documents are exported as Markdown, spreadsheets as CSV and other Google formats as plain text; otherwise spreadsheets are exported as XLSX and other Google formats as PDF. Google exports at most 10 MB. Other files are not converted; the limit of the server for responses applies.':
      'Lädt eine Datei herunter. Liefert id, name, mimeType und size in Bytes des Inhalts, den Inhalt und seine Kodierung: „utf-8“ oder „base64“. Mit responseType „text“ werden Google-Dokumente als Markdown, Tabellen als CSV und andere Google-Formate als Text exportiert; sonst Tabellen als XLSX und andere Google-Formate als PDF. Google exportiert höchstens 10 MB. Andere Dateien werden nicht umgewandelt; für sie gilt die Grenze des Servers für Antworten.',
    'Id of the file': 'ID der Datei',
    '"text" returns text if the file is text; "arraybuffer" returns base64':
      '„text“ liefert Text, wenn die Datei Text ist; „arraybuffer“ liefert Base64',
    'Get file metadata': 'Dateidetails lesen',
    'Reads details of up to 100 files: owners, sharing and permissions, labels, folders, times, links, and what the user may do. Fails for all if one of the files does not exist or is not visible to the user.':
      'Liest Details von bis zu 100 Dateien: Eigentümer, Freigaben und Berechtigungen, Labels, Ordner, Zeiten, Links und was der Benutzer tun darf. Schlägt für alle fehl, wenn es eine der Dateien nicht gibt oder der Benutzer sie nicht sehen kann.',
    'Ids of the files, max 100': 'IDs der Dateien, höchstens 100',
  },
} as const;
