/** Texts of operations with pages in other languages, by the English text. */
export const OPERATION_TRANSLATIONS = {
  de: {
    All: 'Alle Seiten',
    'true: also reads the following pages, up to a limit':
      'true: liest auch die folgenden Seiten, bis zu einer Grenze',
  },
} as const;
