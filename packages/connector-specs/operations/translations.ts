/** Texts of inputs that operations share, in other languages, by the English text. */
export const OPERATION_TRANSLATIONS = {
  de: {
    All: 'Alle Seiten',
    'true: also reads the following pages, up to a limit':
      'true: liest auch die folgenden Seiten, bis zu einer Grenze',
    Cursor: 'Cursor',
    'nextCursor of the previous page': 'nextCursor der vorherigen Seite',
    Raw: 'Rohe Antwort',
    'true: returns the response of the API unchanged':
      'true: liefert die Antwort der API unverändert',
  },
} as const;
