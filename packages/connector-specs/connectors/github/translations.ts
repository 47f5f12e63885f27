import { OPERATION_TRANSLATIONS } from '../../operations/index.ts';

/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    ...OPERATION_TRANSLATIONS.de,
    'Read and change issues, pull requests and files on GitHub.':
      'Issues, Pull Requests und Dateien auf GitHub lesen und ändern.',
    'Get me': 'Eigenes Konto lesen',
    'Returns the GitHub account of the credentials: login, name and public profile. Use it to find out who "me" is.':
      'Liefert das GitHub-Konto der Zugangsdaten: Anmeldename, Name und öffentliches Profil. Damit lässt sich feststellen, wer „ich“ ist.',
    'List issues': 'Issues auflisten',
    'Lists issues of one repository, the newest first, one page at a time. Use searchIssues to find issues by text.':
      'Listet Issues eines Repositorys auf, die neuesten zuerst, eine Seite nach der anderen. searchIssues findet Issues nach Text.',
    Owner: 'Eigentümer',
    'Owner of the repository: a user or an organization':
      'Eigentümer des Repositorys: ein Benutzer oder eine Organisation',
    Repo: 'Repository',
    'Name of the repository, without its owner': 'Name des Repositorys, ohne den Eigentümer',
    State: 'Zustand',
    'State of the issues': 'Zustand der Issues',
    First: 'Elemente pro Seite',
    'Items per page, max 100': 'Elemente pro Seite, höchstens 100',
    After: 'Nach',
    'nextCursor of the previous page': 'nextCursor der vorherigen Seite',
    'Get issue': 'Issue lesen',
    'Reads one issue of a repository with its text, labels and assignees.':
      'Liest ein Issue eines Repositorys mit Text, Labels und zugewiesenen Personen.',
    'Issue number': 'Nummer des Issues',
    'Number of the issue in its repository': 'Nummer des Issues im Repository',
  },
} as const;
