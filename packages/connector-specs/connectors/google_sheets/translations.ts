/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Read, create and change spreadsheets in Google Sheets.':
      'Tabellen in Google Tabellen lesen, anlegen und ändern.',
    'Get spreadsheet': 'Tabelle lesen',
    'Reads the title of a spreadsheet, and the names and sizes of its sheets. Does not return cells: use readRange.':
      'Liest den Titel einer Tabelle, und Namen und Größen ihrer Tabellenblätter. Liefert keine Zellen: dafür gibt es readRange.',
    'Spreadsheet id': 'ID der Tabelle',
    'Id of the spreadsheet: the part of its URL between /d/ and /edit':
      'ID der Tabelle: der Teil ihrer URL zwischen /d/ und /edit',
    'Create spreadsheet': 'Tabelle anlegen',
    "Creates a spreadsheet in the user's Google Drive, by default with one empty sheet. Returns its id and link.":
      'Legt eine Tabelle in Google Drive des Benutzers an, standardmäßig mit einem leeren Tabellenblatt. Liefert ihre ID und ihren Link.',
    Title: 'Titel',
    'Title of the spreadsheet': 'Titel der Tabelle',
    'Sheet titles': 'Namen der Tabellenblätter',
    'Names of its sheets': 'Namen ihrer Tabellenblätter',
    'Add sheet': 'Tabellenblatt hinzufügen',
    'Adds an empty sheet to a spreadsheet, at the end or at a position. Returns its id and size. Fails if a sheet has the name already.':
      'Fügt einer Tabelle ein leeres Tabellenblatt hinzu, am Ende oder an einer Position. Liefert seine ID und Größe. Schlägt fehl, wenn ein Tabellenblatt den Namen schon hat.',
    'Name of the sheet': 'Name des Tabellenblatts',
    Index: 'Position',
    'Position, 0 is the first. Default: last': 'Position, 0 ist die erste. Standard: die letzte',
    'Row count': 'Zeilen',
    'Number of rows': 'Anzahl der Zeilen',
    'Column count': 'Spalten',
    'Number of columns': 'Anzahl der Spalten',
    'Read range': 'Bereich lesen',
    'Reads the values of one range of a spreadsheet, as rows of cells. Empty rows and cells at the end are missing. Use getSpreadsheet for the names of its sheets.':
      'Liest die Werte eines Bereichs einer Tabelle, als Zeilen mit Zellen. Leere Zeilen und Zellen am Ende fehlen. getSpreadsheet liefert die Namen ihrer Tabellenblätter.',
    Range: 'Bereich',
    'Range to read in A1 notation, for example Sales!A1:C10, or Sales for the whole sheet':
      'Zu lesender Bereich in A1-Schreibweise, zum Beispiel Sales!A1:C10, oder Sales für das ganze Tabellenblatt',
    'Major dimension': 'Hauptrichtung',
    'Values by rows or by columns. Default: ROWS':
      'Werte nach Zeilen oder nach Spalten. Standard: ROWS',
    'Value render option': 'Darstellung der Werte',
    'Values as displayed, as numbers without format, or as formulas. Default: displayed':
      'Werte wie angezeigt, als Zahlen ohne Format, oder als Formeln. Standard: wie angezeigt',
    'Date time render option': 'Darstellung von Datum und Uhrzeit',
    'Dates without format: as numbers of days, or as displayed. Default: SERIAL_NUMBER':
      'Datum ohne Format: als Anzahl von Tagen, oder wie angezeigt. Standard: SERIAL_NUMBER',
    'Read ranges': 'Bereiche lesen',
    'Reads the values of up to 50 ranges of one spreadsheet in one request, in the order of the ranges. Empty rows and cells at the end are missing.':
      'Liest die Werte von bis zu 50 Bereichen einer Tabelle auf einmal, in der Reihenfolge der Bereiche. Leere Zeilen und Zellen am Ende fehlen.',
    Ranges: 'Bereiche',
    'Ranges in A1 notation, for example Sales!A1:C10, or Sales for the whole sheet':
      'Bereiche in A1-Schreibweise, zum Beispiel Sales!A1:C10, oder Sales für das ganze Tabellenblatt',
    'Append rows': 'Zeilen anfügen',
    'Inserts rows below the table that a range contains, and keeps what is below it. Returns the range of the new rows. Use updateRange to overwrite cells.':
      'Fügt Zeilen unter den Daten ein, die ein Bereich enthält, und behält, was darunter steht. Liefert den Bereich der neuen Zeilen. updateRange überschreibt Zellen.',
    'Range with the table in A1 notation, for example Sales!A1:C10, or Sales for the whole sheet':
      'Bereich mit den Daten in A1-Schreibweise, zum Beispiel Sales!A1:C10, oder Sales für das ganze Tabellenblatt',
    Values: 'Werte',
    'Rows of cells: texts, numbers, true or false':
      'Zeilen mit Zellen: Texte, Zahlen, true oder false',
    'Value input option': 'Art der Eingabe',
    'RAW: stores values as they are; USER_ENTERED: as if typed, so that formulas and dates are recognized':
      'RAW: speichert Werte, wie sie sind; USER_ENTERED: wie eingetippt, sodass Formeln und Datumsangaben erkannt werden',
    'Update range': 'Bereich überschreiben',
    'Overwrites the cells of one range with values; null leaves a cell unchanged and an empty text empties it. The former values are lost. Returns the number of changed cells.':
      'Überschreibt die Zellen eines Bereichs mit Werten; null lässt eine Zelle unverändert, ein leerer Text leert sie. Die früheren Werte gehen verloren. Liefert die Anzahl der geänderten Zellen.',
    'Range to overwrite in A1 notation, for example Sales!A1:C10, or Sales for the whole sheet':
      'Zu überschreibender Bereich in A1-Schreibweise, zum Beispiel Sales!A1:C10, oder Sales für das ganze Tabellenblatt',
    'Clear range': 'Bereich leeren',
    'Empties the cells of one range and keeps their format. The former values are lost. Returns the emptied range.':
      'Leert die Zellen eines Bereichs und behält ihr Format. Die früheren Werte gehen verloren. Liefert den geleerten Bereich.',
    'Range to empty in A1 notation, for example Sales!A1:C10, or Sales for the whole sheet':
      'Zu leerender Bereich in A1-Schreibweise, zum Beispiel Sales!A1:C10, oder Sales für das ganze Tabellenblatt',
  },
} as const;
