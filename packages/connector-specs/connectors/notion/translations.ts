/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Find and read pages and data sources in Notion.':
      'Seiten und Datenquellen in Notion finden und lesen.',
    'Search page or DS by title': 'Seite oder Datenquelle nach Titel suchen',
    'Finds pages or data sources by their title and returns their ids, links and properties, the most recently edited first. Does not search in their text. Contains only what was shared with the Notion integration; new pages appear after some time.':
      'Findet Seiten oder Datenquellen nach ihrem Titel und liefert IDs, Links und Eigenschaften, die zuletzt bearbeiteten zuerst. Sucht nicht in ihrem Text. Enthält nur, was für die Notion-Integration freigegeben ist; neue Seiten erscheinen nach einiger Zeit.',
    Query: 'Suchtext',
    'Part of the title. Empty: all pages or data sources':
      'Teil des Titels. Leer: alle Seiten oder Datenquellen',
    'Query object type': 'Art der Objekte',
    'Type of the objects to find': 'Art der gesuchten Objekte',
    'Start cursor': 'Start-Cursor',
    'next_cursor of the previous page': 'next_cursor der vorherigen Seite',
    'Page size': 'Seitengröße',
    'Results per page, max 100': 'Ergebnisse pro Seite, höchstens 100',
    'Get page': 'Seite lesen',
    'Reads the properties of one page, for example title, status and dates, and its link. Does not return the text of the page. Contains at most 25 references per property. Fails with 404 if the page was not shared with the Notion integration.':
      'Liest die Eigenschaften einer Seite, zum Beispiel Titel, Status und Datumsangaben, und ihren Link. Liefert nicht den Text der Seite. Enthält höchstens 25 Verweise pro Eigenschaft. Schlägt mit 404 fehl, wenn die Seite nicht für die Notion-Integration freigegeben ist.',
    'Page id': 'ID der Seite',
    'Id of the page, as in the result of a search': 'ID der Seite, wie im Ergebnis einer Suche',
    'Get data source': 'Datenquelle lesen',
    'Reads title and schema of one data source, the table of a database: names, types and options of its properties. Use it before queryDataSource to write a filter. Does not return rows.':
      'Liest Titel und Schema einer Datenquelle, der Tabelle einer Datenbank: Namen, Typen und Optionen ihrer Eigenschaften. Vor queryDataSource nützlich, um einen Filter zu schreiben. Liefert keine Zeilen.',
    'Data source id': 'ID der Datenquelle',
    'Id of the data source, not of its database': 'ID der Datenquelle, nicht die der Datenbank',
    'Query data source': 'Datenquelle abfragen',
    'Returns the rows of a data source, which are pages with their properties, one page of results at a time. Use getDataSource to find out which properties a filter can name. Does not return the text of the pages.':
      'Liefert die Zeilen einer Datenquelle, also Seiten mit ihren Eigenschaften, eine Ergebnisseite nach der anderen. getDataSource zeigt, welche Eigenschaften ein Filter nennen kann. Liefert nicht den Text der Seiten.',
    Filter: 'Filter',
    'Filter in JSON, for example {"property": "Status", "status": {"equals": "Done"}}. Without one: all rows':
      'Filter in JSON, zum Beispiel {"property": "Status", "status": {"equals": "Done"}}. Ohne Filter: alle Zeilen',
  },
} as const;
