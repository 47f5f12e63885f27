/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Read and change records in Airtable, and read the structure of bases.':
      'Datensätze in Airtable lesen und ändern, und den Aufbau von Bases lesen.',
    'List records': 'Datensätze auflisten',
    'Lists records of a table, all or those that match a formula, a page at a time. Empty cells are missing. Use getBaseSchema for the names of fields. Airtable permits 5 calls per second and base.':
      'Listet Datensätze einer Tabelle auf, alle oder die, auf die eine Formel zutrifft, eine Seite nach der anderen. Leere Zellen fehlen. getBaseSchema liefert die Namen der Felder. Airtable erlaubt 5 Aufrufe pro Sekunde und Base.',
    'Base id': 'ID der Base',
    'Id of the base, as in the result of listBases': 'ID der Base, wie im Ergebnis von listBases',
    'Table id or name': 'ID oder Name der Tabelle',
    'Id or name of the table': 'ID oder Name der Tabelle',
    'Filter by formula': 'Formel',
    'Formula that is true for the wanted records, for example {Status} = "Done"':
      'Formel, die für die gesuchten Datensätze zutrifft, zum Beispiel {Status} = "Done"',
    View: 'Ansicht',
    'Id or name of a view: only its records, in its order':
      'ID oder Name einer Ansicht: nur ihre Datensätze, in ihrer Reihenfolge',
    Fields: 'Felder',
    'Only these fields, by name or id': 'Nur diese Felder, nach Name oder ID',
    Sort: 'Sortierung',
    'Order: fields with direction asc or desc': 'Sortierung: Felder mit der Richtung asc oder desc',
    'Page size': 'Seitengröße',
    'Records per page, max 100': 'Datensätze pro Seite, höchstens 100',
    Offset: 'Offset',
    'offset of the previous page': 'offset der vorherigen Seite',
    'Get record': 'Datensatz lesen',
    'Reads one record of a table with all its fields. Empty cells are missing.':
      'Liest einen Datensatz einer Tabelle mit allen Feldern. Leere Zellen fehlen.',
    'Record id': 'ID des Datensatzes',
    'Id of the record': 'ID des Datensatzes',
    'Create records': 'Datensätze anlegen',
    'Creates up to 10 records in a table, all or none. Returns them with their ids. A value that does not fit the type of its field is an error unless typecast is true.':
      'Legt bis zu 10 Datensätze in einer Tabelle an, alle oder keinen. Liefert sie mit ihren IDs. Ein Wert, der nicht zum Typ seines Feldes passt, ist ein Fehler, außer typecast ist true.',
    Records: 'Datensätze',
    'Records with their cells by the names of fields, max 10':
      'Datensätze mit ihren Zellen nach Namen der Felder, höchstens 10',
    Typecast: 'Werte umwandeln',
    'true: converts texts to the types of the fields, and adds missing options':
      'true: wandelt Texte in die Typen der Felder um und ergänzt fehlende Optionen',
    'Update records': 'Datensätze ändern',
    'Overwrites cells of up to 10 records, all or none. Other cells keep their values; null empties a cell. Returns the records. The former values are lost.':
      'Überschreibt Zellen von bis zu 10 Datensätzen, alle oder keinen. Andere Zellen behalten ihre Werte; null leert eine Zelle. Liefert die Datensätze. Die früheren Werte gehen verloren.',
    'Ids of records with the cells to overwrite, max 10':
      'IDs von Datensätzen mit den zu überschreibenden Zellen, höchstens 10',
    'Delete record': 'Datensatz löschen',
    'Deletes one record of a table. Users can restore it in Airtable for some days. Returns { id, deleted }.':
      'Löscht einen Datensatz einer Tabelle. Benutzer können ihn in Airtable einige Tage lang wiederherstellen. Liefert { id, deleted }.',
    'Who am i': 'Eigenes Konto lesen',
    'Returns the id of the Airtable user of the credentials, with the email address if the user permitted it. Use it to check that the connection works.':
      'Liefert die ID des Airtable-Benutzers der Zugangsdaten, mit der E-Mail-Adresse, wenn der Benutzer es erlaubt hat. Damit lässt sich prüfen, ob die Verbindung funktioniert.',
    'List bases': 'Bases auflisten',
    'Lists the bases that the user shared with this connection, with id, name and access. Max 1000 a page. Other actions need the ids.':
      'Listet die Bases auf, die der Benutzer für diese Verbindung freigegeben hat, mit ID, Name und Zugriff. Höchstens 1000 pro Seite. Andere Aktionen brauchen die IDs.',
    'Get base schema': 'Aufbau einer Base lesen',
    'Reads the tables of a base with the names and types of their fields, options included, and their views. Use it before reading or writing records. Returns no records.':
      'Liest die Tabellen einer Base mit Namen und Typen ihrer Felder, auch Optionen, und ihren Ansichten. Vor dem Lesen oder Schreiben von Datensätzen zu verwenden. Liefert keine Datensätze.',
  },
} as const;
