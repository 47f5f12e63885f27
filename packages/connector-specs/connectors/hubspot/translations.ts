/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Find and read contacts, companies, deals and tickets in HubSpot.':
      'Kontakte, Unternehmen, Deals und Tickets in HubSpot finden und lesen.',
    'Search crm objects': 'CRM-Datensätze suchen',
    'Finds records of one type by a text, or lists them without one. HubSpot compares the text with the main properties of each type and returns at most 10,000 results. New records are found after a few seconds.':
      'Findet Datensätze eines Typs nach einem Text oder listet sie ohne Text auf. HubSpot vergleicht den Text mit den wichtigsten Eigenschaften des Typs und liefert höchstens 10.000 Ergebnisse. Neue Datensätze werden nach einigen Sekunden gefunden.',
    'Object type': 'Typ',
    'Type of the records': 'Typ der Datensätze',
    Query: 'Suchtext',
    'Text to search for': 'Text, nach dem gesucht wird',
    Properties: 'Eigenschaften',
    'Names of properties to return, for example email. Default: a few of each type':
      'Namen der Eigenschaften im Ergebnis, zum Beispiel email. Standard: einige je Typ',
    Limit: 'Anzahl',
    'Results per page, max 100': 'Ergebnisse pro Seite, höchstens 100',
    After: 'Cursor',
    'Include associated deals': 'Mit zugehörigen Deals',
    'true: adds to each contact the ids of its deals, and hasMoreDeals if some are missing. Only for contacts':
      'true: ergänzt jeden Kontakt um die IDs seiner Deals und um hasMoreDeals, wenn welche fehlen. Nur für Kontakte',
    'Get crm object': 'CRM-Datensatz lesen',
    'Reads one record with its properties. For a ticket also returns up to 100 of its notes.':
      'Liest einen Datensatz mit seinen Eigenschaften. Liefert bei einem Ticket auch bis zu 100 seiner Notizen.',
    'Object id': 'ID des Datensatzes',
    'Id of the record': 'ID des Datensatzes',
    'List owners': 'Zuständige auflisten',
    'Lists the users who can own records, with their ids, names and email addresses, for example to find deals of one of them.':
      'Listet die Benutzer auf, die für Datensätze zuständig sein können, mit IDs, Namen und E-Mail-Adressen, zum Beispiel um Deals eines Benutzers zu finden.',
    'Search deals': 'Deals suchen',
    'Finds deals by a text, a pipeline, a stage or an owner, with their name, amount, stage and close date. All conditions must be met. Returns at most 10,000 results.':
      'Findet Deals nach Text, Pipeline, Phase oder zuständigem Benutzer, mit Name, Betrag, Phase und Abschlussdatum. Alle Bedingungen müssen erfüllt sein. Liefert höchstens 10.000 Ergebnisse.',
    Pipeline: 'Pipeline',
    'Id of the pipeline, as in the result of listPipelines':
      'ID der Pipeline, wie im Ergebnis von listPipelines',
    'Deal stage': 'Phase',
    'Id of the stage, as in the result of listPipelines':
      'ID der Phase, wie im Ergebnis von listPipelines',
    'Owner id': 'ID des zuständigen Benutzers',
    'Id of the owner, as in the result of listOwners':
      'ID des zuständigen Benutzers, wie im Ergebnis von listOwners',
    'Search broad': 'Alles durchsuchen',
    'Finds contacts, companies, deals and tickets by one text, when the type of the record is not known. Returns { contacts, companies, deals, tickets }, each the first results. Needs the scopes of all four types.':
      'Findet Kontakte, Unternehmen, Deals und Tickets nach einem Text, wenn der Typ des Datensatzes nicht bekannt ist. Liefert { contacts, companies, deals, tickets }, jeweils die ersten Ergebnisse. Braucht die Berechtigungen aller vier Typen.',
    'Results per type, max 100': 'Ergebnisse pro Typ, höchstens 100',
    'List pipelines': 'Pipelines auflisten',
    'Lists the pipelines of deals or tickets with their stages. Their ids are needed to find deals by pipeline or stage.':
      'Listet die Pipelines von Deals oder Tickets mit ihren Phasen auf. Ihre IDs werden gebraucht, um Deals nach Pipeline oder Phase zu finden.',
    'Type of the records that the pipelines are for':
      'Typ der Datensätze, für die die Pipelines sind',
  },
} as const;
