import { GRAPH_FILE_TRANSLATIONS, GRAPH_TRANSLATIONS } from '../../microsoft_graph/translations.ts';
/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    ...GRAPH_TRANSLATIONS,
    ...GRAPH_FILE_TRANSLATIONS,
    'Find, list and download files in OneDrive.':
      'Dateien in OneDrive finden, auflisten und herunterladen.',
    'Get me': 'Eigenes Konto lesen',
    'Reads the account of the user: id, name, email address and job. Use it to find out who is connected.':
      'Liest das Konto des Benutzers: ID, Name, E-Mail-Adresse und Position. Zeigt, wer verbunden ist.',
    'Get drive': 'Laufwerk lesen',
    'Reads the OneDrive of the user: id, type, address, and used and remaining bytes.':
      'Liest das OneDrive des Benutzers: ID, Art, Adresse sowie belegte und freie Bytes.',
    'Get item children': 'Ordner auflisten',
    'Id of a folder. Default: the root folder': 'ID eines Ordners. Standard: der Stammordner',
    Top: 'Einträge pro Seite',
    'Items per page, max 200': 'Einträge pro Seite, höchstens 200',
    'Lists files and folders directly inside a folder of the OneDrive of the user, with id, name, size and address.':
      'Listet Dateien und Ordner direkt in einem Ordner im OneDrive des Benutzers mit ID, Name, Größe und Adresse auf.',
    Search: 'Suchen',
    'Finds files and folders in the OneDrive of the user by words in name, properties or text, with id, name, size and address.':
      'Findet Dateien und Ordner im OneDrive des Benutzers über Wörter in Name, Eigenschaften oder Text, mit ID, Name, Größe und Adresse.',
    Query: 'Suchtext',
    'Words to find': 'Gesuchte Wörter',
    'Get file metadata': 'Dateidetails lesen',
    'Reads one file or folder: name, size, type, times, address and the folder it is in. Give driveId for items of other drives.':
      'Liest eine Datei oder einen Ordner: Name, Größe, Typ, Zeiten, Adresse und Ordner. Für Elemente anderer Laufwerke ist driveId nötig.',
    'Id of its drive. Default: the OneDrive of the user':
      'ID des Laufwerks. Standard: das OneDrive des Benutzers',
    'Get file content': 'Dateiinhalt lesen',
    'Downloads one file: its text if it is text, else its bytes in base64. Does not convert documents. Give driveId for files of other drives.':
      'Lädt eine Datei herunter: ihren Text, falls sie Text ist, sonst ihre Bytes in base64. Wandelt Dokumente nicht um. Für Dateien anderer Laufwerke ist driveId nötig.',
    'List shared with me': 'Mit mir Geteiltes auflisten',
    'Lists files and folders that others shared with the user. remoteItem has the ids of item and drive for getFileContent. Microsoft retires this list: it may be incomplete, and is empty from December 2026 on.':
      'Listet Dateien und Ordner auf, die andere mit dem Benutzer geteilt haben. remoteItem enthält die IDs von Element und Laufwerk für getFileContent. Microsoft stellt diese Liste ein: Sie kann unvollständig sein und ist ab Dezember 2026 leer.',
    'List recent files': 'Zuletzt verwendete Dateien auflisten',
    'Lists files that the user opened or changed recently, the newest first. Microsoft retires this list: it may be incomplete, and is empty from December 2026 on.':
      'Listet Dateien auf, die der Benutzer zuletzt geöffnet oder geändert hat, die neuesten zuerst. Microsoft stellt diese Liste ein: Sie kann unvollständig sein und ist ab Dezember 2026 leer.',
  },
} as const;
