/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Query and search records, schemas and files in Salesforce.':
      'Datensätze, Schemas und Dateien in Salesforce abfragen und durchsuchen.',
    'Login host': 'Anmelde-Host',
    Query: 'SOQL-Abfrage ausführen',
    'Runs a SOQL query and returns the records that the user can see, up to 2000 per page, with nextRecordsUrl if there are more. Use describe to find out the fields of an object.':
      'Führt eine SOQL-Abfrage aus und liefert die Datensätze, die der Benutzer sehen kann, bis zu 2000 pro Seite, mit nextRecordsUrl, wenn es weitere gibt. describe liefert die Felder eines Objekts.',
    Soql: 'SOQL',
    'Query in SOQL, for example: SELECT Id, Name FROM Account LIMIT 10':
      'Abfrage in SOQL, zum Beispiel: SELECT Id, Name FROM Account LIMIT 10',
    'Next records url': 'Nächste Seite',
    'nextRecordsUrl of the previous page. The other inputs are then ignored':
      'nextRecordsUrl der vorherigen Seite. Die anderen Eingaben gelten dann nicht',
    'Get record': 'Datensatz lesen',
    'Reads one record with all fields that the user can see.':
      'Liest einen Datensatz mit allen Feldern, die der Benutzer sehen kann.',
    'Sobject name': 'Objekt',
    'API name of the object, for example "Account" or "Invoice__c"':
      'API-Name des Objekts, zum Beispiel „Account“ oder „Invoice__c“',
    'Record id': 'ID des Datensatzes',
    'Id of the record': 'ID des Datensatzes',
    'List records': 'Datensätze auflisten',
    'Lists up to 2000 records of one object with its standard fields. Use query for more, a filter, an order or custom fields.':
      'Listet bis zu 2000 Datensätze eines Objekts mit seinen Standardfeldern auf. Für mehr, Filter, Reihenfolge oder eigene Felder gibt es query.',
    Limit: 'Anzahl',
    'Records, max 2000': 'Datensätze, höchstens 2000',
    Search: 'Suchen',
    'Searches the text fields of several objects with one request and returns up to 2000 records. A new record is found after some minutes. Use query to filter one object exactly.':
      'Durchsucht die Textfelder mehrerer Objekte auf einmal und liefert bis zu 2000 Datensätze. Ein neuer Datensatz wird nach einigen Minuten gefunden. query filtert ein Objekt genau.',
    'Search term': 'Suchbegriff',
    'Words to search for, as plain text': 'Wörter, nach denen gesucht wird, als einfacher Text',
    Returning: 'Ergebnis',
    'Objects and fields to return, for example: Account(Id, Name), Contact':
      'Objekte und Felder, die geliefert werden, zum Beispiel: Account(Id, Name), Contact',
    Describe: 'Schema lesen',
    'Reads the schema of an object: its fields with type, label and permitted values, and its relations. Use it before query.':
      'Liest das Schema eines Objekts: seine Felder mit Typ, Bezeichnung und erlaubten Werten und seine Beziehungen. Vor query zu verwenden.',
    'Download file': 'Datei herunterladen',
    'Downloads one version of a file. Returns { id, size, content, encoding }: the content as text if it is UTF-8, else in base64. The limit of the server for responses applies. Use query on ContentVersion to find its id, title and type.':
      'Lädt eine Version einer Datei herunter. Liefert { id, size, content, encoding }: den Inhalt als Text, wenn er UTF-8 ist, sonst in Base64. Es gilt die Grenze des Servers für Antworten. query auf ContentVersion liefert ihre ID, ihren Titel und ihren Typ.',
    'Content version id': 'ID der Dateiversion',
    'Id of the ContentVersion record of the file': 'ID des Datensatzes ContentVersion der Datei',
  },
} as const;
