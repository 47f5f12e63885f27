/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Find, read and change issues, projects and attachments in Jira Cloud.':
      'Vorgänge, Projekte und Anhänge in Jira Cloud finden, lesen und ändern.',
    'Shared API token': 'Gemeinsames API-Token',
    Email: 'E-Mail',
    'API token': 'API-Token',
    Site: 'Site',
    '"acme" if the site is acme.atlassian.net. Required with a shared API token. Users who connect their own account choose their site themselves.':
      '„acme“, wenn die Site acme.atlassian.net ist. Mit einem gemeinsamen API-Token erforderlich. Benutzer, die ihr eigenes Konto verbinden, wählen ihre Site selbst.',
    acme: 'acme',
    'Search issues with jql': 'Vorgänge mit JQL suchen',
    'Finds issues by JQL, for example: project = PROJ AND status = "In Progress" ORDER BY updated DESC. The query needs a limit such as a project, a user or a date; Jira refuses one without. Returns key, summary, status, type, priority, assignee and times of each issue. Use getIssue for all fields.':
      'Findet Vorgänge nach JQL, zum Beispiel: project = PROJ AND status = "In Progress" ORDER BY updated DESC. Die Abfrage braucht eine Eingrenzung wie ein Projekt, einen Benutzer oder ein Datum; ohne eine solche lehnt Jira sie ab. Liefert Schlüssel, Titel, Status, Typ, Priorität, zugewiesener Benutzer und Zeiten jedes Vorgangs. getIssue liefert alle Felder.',
    Jql: 'JQL',
    'Query in JQL': 'Abfrage in JQL',
    'Max results': 'Ergebnisse pro Seite',
    'Issues per page, max 100': 'Vorgänge pro Seite, höchstens 100',
    'Next page token': 'Token der nächsten Seite',
    'nextPageToken of the previous page': 'nextPageToken der vorherigen Seite',
    'Get issue': 'Vorgang lesen',
    'Reads one issue with all its fields, comments and attachments included. Texts are in the Atlassian Document Format. Fails with 404 also if the user may not see the issue.':
      'Liest einen Vorgang mit allen Feldern, auch Kommentaren und Anhängen. Texte sind im Atlassian Document Format. Schlägt auch dann mit 404 fehl, wenn der Benutzer den Vorgang nicht sehen darf.',
    'Issue id': 'Vorgang',
    'Key or id of the issue, for example "PROJ-1"':
      'Schlüssel oder ID des Vorgangs, zum Beispiel „PROJ-1“',
    'Get transitions': 'Übergänge auflisten',
    'Lists the transitions that the user can carry out on an issue in its present status, with the status that each leads to. transitionIssue needs their ids.':
      'Listet die Übergänge auf, die der Benutzer beim derzeitigen Status eines Vorgangs ausführen kann, mit dem Status, zu dem jeder führt. transitionIssue braucht ihre IDs.',
    'Create issue': 'Vorgang anlegen',
    'Creates an issue and notifies its watchers. Returns its id and key. Use getIssueTypes and getCreateMetadata to find out which types and fields the project permits.':
      'Legt einen Vorgang an und benachrichtigt seine Beobachter. Liefert seine ID und seinen Schlüssel. getIssueTypes und getCreateMetadata liefern die Typen und Felder, die das Projekt erlaubt.',
    'Project key': 'Projekt',
    'Key of the project, not its id, for example "PROJ"':
      'Schlüssel des Projekts, nicht seine ID, zum Beispiel „PROJ“',
    Summary: 'Titel',
    'Title of the issue, one line': 'Titel des Vorgangs, eine Zeile',
    'Issue type': 'Vorgangstyp',
    'Name or id of the issue type, for example "Task"':
      'Name oder ID des Vorgangstyps, zum Beispiel „Task“',
    Description: 'Beschreibung',
    'Description as plain text. An empty line starts a paragraph':
      'Beschreibung als einfacher Text. Eine Leerzeile beginnt einen Absatz',
    Priority: 'Priorität',
    'Name or id of the priority, for example "High"':
      'Name oder ID der Priorität, zum Beispiel „High“',
    Labels: 'Stichwörter',
    'Labels, without spaces': 'Stichwörter, ohne Leerzeichen',
    'Assignee account id': 'Zugewiesener Benutzer',
    'Account id of the user, see searchUsers': 'Konto-ID des Benutzers, siehe searchUsers',
    Parent: 'Übergeordneter Vorgang',
    'Key or id of the parent issue, for example the epic':
      'Schlüssel oder ID des übergeordneten Vorgangs, zum Beispiel des Epics',
    'Update issue': 'Vorgang ändern',
    'Changes fields of an issue. Only the given fields change; labels replace the present ones. Does not change the status: use transitionIssue. Returns { updated, issueId }.':
      'Ändert Felder eines Vorgangs. Nur die angegebenen Felder ändern sich; Stichwörter ersetzen die vorhandenen. Ändert nicht den Status: dafür gibt es transitionIssue. Liefert { updated, issueId }.',
    'Delete issue': 'Vorgang löschen',
    'Deletes an issue with its comments and attachments. This cannot be undone. Fails if the issue has subtasks, unless deleteSubtasks is true. Returns { deleted, issueId }.':
      'Löscht einen Vorgang mit seinen Kommentaren und Anhängen. Das lässt sich nicht rückgängig machen. Schlägt fehl, wenn der Vorgang Unteraufgaben hat, außer deleteSubtasks ist true. Liefert { deleted, issueId }.',
    'Delete subtasks': 'Unteraufgaben löschen',
    'true: also deletes its subtasks': 'true: löscht auch seine Unteraufgaben',
    'Add comment': 'Kommentar hinzufügen',
    'Adds a comment to an issue and notifies its watchers. Returns the comment.':
      'Fügt einem Vorgang einen Kommentar hinzu und benachrichtigt seine Beobachter. Liefert den Kommentar.',
    Body: 'Text',
    'Comment as plain text. An empty line starts a paragraph':
      'Kommentar als einfacher Text. Eine Leerzeile beginnt einen Absatz',
    'Transition issue': 'Übergang ausführen',
    'Carries out a transition, which changes the status of an issue. Use getTransitions to find the id. Fails if the transition needs fields that are not set. Returns { transitioned, issueId, transitionId }.':
      'Führt einen Übergang aus, der den Status eines Vorgangs ändert. getTransitions liefert die ID. Schlägt fehl, wenn der Übergang Felder braucht, die nicht gesetzt sind. Liefert { transitioned, issueId, transitionId }.',
    'Transition id': 'Übergang',
    'Id of the transition': 'ID des Übergangs',
    'Assign issue': 'Vorgang zuweisen',
    'Assigns an issue to a user, to the default assignee of the project, or to nobody, instead of its present assignee. Returns { assigned, issueId }.':
      'Weist einen Vorgang einem Benutzer, dem Standardbenutzer des Projekts oder niemandem zu, anstelle des bisher zugewiesenen. Liefert { assigned, issueId }.',
    'Account id': 'Konto-ID',
    'Account id of the user. "-1": the default assignee; null: nobody':
      'Konto-ID des Benutzers. „-1“: der Standardbenutzer; null: niemand',
    'Link issues': 'Vorgänge verknüpfen',
    'Links two issues. With the type "Blocks", the outward issue is blocked by the inward issue. Returns { linked, inwardIssueKey, outwardIssueKey }.':
      'Verknüpft zwei Vorgänge. Beim Typ „Blocks“ blockiert der eingehende Vorgang den ausgehenden. Liefert { linked, inwardIssueKey, outwardIssueKey }.',
    'Inward issue key': 'Eingehender Vorgang',
    'Key of the issue that the link starts at':
      'Schlüssel des Vorgangs, bei dem die Verknüpfung beginnt',
    'Outward issue key': 'Ausgehender Vorgang',
    'Key of the issue that the link leads to':
      'Schlüssel des Vorgangs, zu dem die Verknüpfung führt',
    'Link type': 'Art der Verknüpfung',
    'Name of the link type, for example "Blocks" or "Relates"':
      'Name der Art der Verknüpfung, zum Beispiel „Blocks“ oder „Relates“',
    'Add watcher': 'Beobachter hinzufügen',
    'Makes a user a watcher of an issue, who is notified of its changes. Returns { added, issueId }.':
      'Macht einen Benutzer zum Beobachter eines Vorgangs, der über Änderungen benachrichtigt wird. Liefert { added, issueId }.',
    'Remove watcher': 'Beobachter entfernen',
    'Removes a watcher of an issue. Returns { removed, issueId }.':
      'Entfernt einen Beobachter eines Vorgangs. Liefert { removed, issueId }.',
    'Get projects': 'Projekte auflisten',
    'Lists the projects that the user can see, or those whose key or name contains a text, with their ids and keys.':
      'Listet die Projekte auf, die der Benutzer sehen kann, oder die, deren Schlüssel oder Name einen Text enthält, mit IDs und Schlüsseln.',
    Query: 'Suchtext',
    'Part of the key or the name': 'Teil des Schlüssels oder des Namens',
    'Projects per page, max 100': 'Projekte pro Seite, höchstens 100',
    'Start at': 'Überspringen',
    'Number of projects to skip': 'Anzahl der Projekte, die übersprungen werden',
    'Get project': 'Projekt lesen',
    'Reads one project with its lead, issue types, components and versions.':
      'Liest ein Projekt mit Leitung, Vorgangstypen, Komponenten und Versionen.',
    'Project id': 'Projekt',
    'Key or id of the project, for example "PROJ"':
      'Schlüssel oder ID des Projekts, zum Beispiel „PROJ“',
    'Get issue types': 'Vorgangstypen auflisten',
    'Lists the types of the issues that the user can create in a project. createIssue needs a name or id, getCreateMetadata an id. Returns the first 200; total is the number of all.':
      'Listet die Typen der Vorgänge auf, die der Benutzer in einem Projekt anlegen kann. createIssue braucht einen Namen oder eine ID, getCreateMetadata eine ID. Liefert die ersten 200; total ist die Anzahl aller.',
    'Get create metadata': 'Felder eines neuen Vorgangs auflisten',
    'Lists the fields of a new issue of one type in a project: name, whether it is required, and permitted values. Use it before createIssue. Returns the first 200 fields; total is the number of all.':
      'Listet die Felder eines neuen Vorgangs eines Typs in einem Projekt auf: Name, ob es erforderlich ist, und erlaubte Werte. Vor createIssue zu verwenden. Liefert die ersten 200 Felder; total ist die Anzahl aller.',
    'Issue type id': 'ID des Vorgangstyps',
    'Id of the issue type, see getIssueTypes': 'ID des Vorgangstyps, siehe getIssueTypes',
    'Search users': 'Benutzer suchen',
    'Finds users by name or email address and returns their account ids, which other actions need. Needs query, username, accountId or property. A page may have fewer users than maxResults and not be the last; increase startAt by maxResults for the next one. Jira searches among the first 1000 users.':
      'Findet Benutzer nach Name oder E-Mail-Adresse und liefert ihre Konto-IDs, die andere Aktionen brauchen. Erforderlich ist query, username, accountId oder property. Eine Seite kann weniger Benutzer haben als maxResults und nicht die letzte sein; für die nächste wird startAt um maxResults erhöht. Jira sucht unter den ersten 1000 Benutzern.',
    'Part of the name or the email address': 'Teil des Namens oder der E-Mail-Adresse',
    Username: 'Benutzername',
    'No longer supported by Jira: use query': 'Von Jira nicht mehr unterstützt: query verwenden',
    'Account id of one user': 'Konto-ID eines Benutzers',
    'Number of users to skip': 'Anzahl der Benutzer, die übersprungen werden',
    'Users per page, max 1000': 'Benutzer pro Seite, höchstens 1000',
    Property: 'Eigenschaft',
    'Property of users and its value, for example "thepropertykey.nested=1"':
      'Eigenschaft von Benutzern und ihr Wert, zum Beispiel „thepropertykey.nested=1“',
    'Get attachment': 'Anhang herunterladen',
    'Downloads one attachment of an issue. Returns { id, name, mimeType, size, content, encoding }: the content as text if it is UTF-8, else in base64. The limit of the server for responses applies.':
      'Lädt einen Anhang eines Vorgangs herunter. Liefert { id, name, mimeType, size, content, encoding }: den Inhalt als Text, wenn er UTF-8 ist, sonst in Base64. Es gilt die Grenze des Servers für Antworten.',
    'Attachment id': 'Anhang',
    'Id of the attachment, see getIssue': 'ID des Anhangs, siehe getIssue',
    'Add attachment': 'Anhang hinzufügen',
    'Attaches a file of at most 10 MiB to an issue. Returns the attachment in a list.':
      'Fügt einem Vorgang eine Datei von höchstens 10 MiB hinzu. Liefert den Anhang in einer Liste.',
    File: 'Datei',
    'Content of the file in base64, max 10 MiB': 'Inhalt der Datei in Base64, höchstens 10 MiB',
    Filename: 'Dateiname',
    'Name of the file with its extension': 'Name der Datei mit Endung',
  },
} as const;
