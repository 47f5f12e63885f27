import {
  GRAPH_FILE_TRANSLATIONS,
  GRAPH_SEARCH_TRANSLATIONS,
  GRAPH_TRANSLATIONS,
} from '../../microsoft_graph/translations.ts';
/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    ...GRAPH_TRANSLATIONS,
    ...GRAPH_SEARCH_TRANSLATIONS,
    ...GRAPH_FILE_TRANSLATIONS,
    'Id of the drive': 'ID des Laufwerks',
    'Find sites, pages, lists and files in SharePoint Online.':
      'Websites, Seiten, Listen und Dateien in SharePoint Online finden.',
    'Get all sites': 'Alle Websites lesen',
    'Lists sites with id, name and address, one page at a time. Users get the sites they can open, and may search; with client credentials, all sites are listed and search is ignored.':
      'Listet Websites mit ID, Name und Adresse auf, eine Seite nach der anderen. Benutzer erhalten die Websites, die sie öffnen können, und können suchen; mit Client Credentials werden alle Websites aufgelistet, und die Suche wird ignoriert.',
    Search: 'Suchen',
    'Words in name or address of the site': 'Wörter in Name oder Adresse der Website',
    'Get site': 'Website lesen',
    'Reads one site with its id, name and address, by its id or by its address. Use it to find the id of a site whose address is known.':
      'Liest eine Website mit ID, Name und Adresse, über ihre ID oder ihre Adresse. Nützlich, um die ID einer Website mit bekannter Adresse zu finden.',
    'Get site pages': 'Seiten einer Website auflisten',
    'Lists pages of a site with id, title and address. Use getSitePageContents for their text.':
      'Listet Seiten einer Website mit ID, Titel und Adresse auf. getSitePageContents liefert ihren Text.',
    'Site id': 'ID der Website',
    'Id of the site: host name, collection and site, with commas':
      'ID der Website: Hostname, Sammlung und Website, mit Kommas',
    'Get site page contents': 'Inhalt einer Seite lesen',
    'Reads one page of a site with its layout: sections, columns, texts and web parts.':
      'Liest eine Seite einer Website mit ihrem Layout: Abschnitte, Spalten, Texte und Webparts.',
    'Page id': 'ID der Seite',
    'Id of the page': 'ID der Seite',
    'Get site drives': 'Dokumentbibliotheken auflisten',
    'Lists document libraries of a site as drives. Use getDriveItems for their files.':
      'Listet Dokumentbibliotheken einer Website als Laufwerke auf. getDriveItems liefert ihre Dateien.',
    'Get site lists': 'Listen einer Website auflisten',
    'Lists lists of a site with id, name and address. Use getSiteListItems for their rows.':
      'Listet Listen einer Website mit ID, Name und Adresse auf. getSiteListItems liefert ihre Zeilen.',
    'Get site list items': 'Elemente einer Liste auflisten',
    'Lists the items of a list with the values of their columns, one page at a time.':
      'Listet die Elemente einer Liste mit den Werten ihrer Spalten auf, eine Seite nach der anderen.',
    'List id': 'ID der Liste',
    'Id or title of the list': 'ID oder Titel der Liste',
    'Get drive items': 'Dateien eines Laufwerks auflisten',
    'Lists files and folders directly inside a folder of a drive, with id, name, size and address, one page at a time.':
      'Listet Dateien und Ordner direkt in einem Ordner eines Laufwerks mit ID, Name, Größe und Adresse auf, eine Seite nach der anderen.',
    Path: 'Pfad',
    'Path of a folder, for example "Reports/2026". Default: the root folder':
      'Pfad eines Ordners, zum Beispiel „Reports/2026“. Standard: der Stammordner',
    'Download drive item': 'Datei herunterladen',
    'Downloads one file of a drive as UTF-8 text. Use it for text files; use downloadItemFromURL with @microsoft.graph.downloadUrl for others.':
      'Lädt eine Datei eines Laufwerks als UTF-8-Text herunter. Für Textdateien gedacht; andere lädt downloadItemFromURL mit @microsoft.graph.downloadUrl.',
    'Download item from URL': 'Datei über URL herunterladen',
    'Downloads one file by its download URL, in base64. getDriveItems returns the URL of each file. Sends no credentials.':
      'Lädt eine Datei über ihre Download-URL herunter, in base64. getDriveItems liefert die URL jeder Datei. Sendet keine Anmeldedaten.',
    'Download url': 'Download-URL',
    '@microsoft.graph.downloadUrl of a file. It expires after about an hour':
      '@microsoft.graph.downloadUrl einer Datei. Läuft nach etwa einer Stunde ab',
    'Call graph API': 'Graph-API aufrufen',
    'Sends any GET or POST request to Microsoft Graph v1.0 and returns status, headers and body. Use it only if no other action fits. A status of failure is an error.':
      'Sendet eine beliebige GET- oder POST-Anfrage an Microsoft Graph v1.0 und liefert Status, Header und Inhalt. Nur gedacht, wenn keine andere Aktion passt. Ein Fehlerstatus ist ein Fehler.',
    Body: 'Inhalt',
    'Text is sent unchanged, any other value as JSON':
      'Text wird unverändert gesendet, jeder andere Wert als JSON',
    Method: 'Methode',
    'Path of Microsoft Graph without a host, for example "/v1.0/sites/root"':
      'Pfad in Microsoft Graph ohne Host, zum Beispiel „/v1.0/sites/root“',
    'Searches sites, lists, list items, drives and files with a query in KQL, the most relevant first. hits contains the found objects; moreResultsAvailable tells if a call with a higher from returns more.':
      'Durchsucht Websites, Listen, Listenelemente, Laufwerke und Dateien mit einer Abfrage in KQL, die relevantesten zuerst. hits enthält die gefundenen Objekte; moreResultsAvailable sagt, ob ein Aufruf mit höherem from weitere liefert.',
    'Entity types': 'Arten der Objekte',
    'Types of the objects to find': 'Arten der gesuchten Objekte',
    Region: 'Region',
    'Region of the tenant. Only used with client credentials, which require it':
      'Region des Mandanten. Wird nur mit Client Credentials verwendet und ist dafür nötig',
    'Results, max 500': 'Ergebnisse, höchstens 500',
  },
} as const;
