/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Find, create and change issues in Linear, and list teams, projects and users.':
      'Vorgänge in Linear finden, anlegen und ändern sowie Teams, Projekte und Benutzer auflisten.',
    'List teams': 'Teams auflisten',
    'Lists the teams that the user can see, with their ids, which most other actions need, and their keys, with which the identifiers of issues start.':
      'Listet die Teams auf, die der Benutzer sehen darf, mit ihren IDs, die die meisten anderen Aktionen brauchen, und ihren Kürzeln, mit denen die Kennungen von Vorgängen beginnen.',
    First: 'Anzahl',
    'Results per page, max 100': 'Ergebnisse pro Seite, höchstens 100',
    After: 'Cursor',
    'Order by': 'Reihenfolge',
    'Order, the latest first. Default: createdAt':
      'Reihenfolge, die neuesten zuerst. Standard: createdAt',
    'List projects': 'Projekte auflisten',
    'Lists the projects of the workspace, or of one team, with their ids and state: backlog, planned, started, paused, completed or canceled. status has the name that the workspace gave it.':
      'Listet die Projekte des Arbeitsbereichs oder eines Teams auf, mit ihren IDs und ihrem Zustand (state): backlog, planned, started, paused, completed oder canceled. status enthält den Namen, den der Arbeitsbereich dafür gewählt hat.',
    'Team id': 'ID des Teams',
    'Id of the team, as in the result of listTeams': 'ID des Teams, wie im Ergebnis von listTeams',
    'List cycles': 'Zyklen auflisten',
    'Lists the cycles of a team, which are its repeated periods of work, with their start and end.':
      'Listet die Zyklen eines Teams auf, also seine wiederkehrenden Arbeitszeiträume, mit Anfang und Ende.',
    'List workflow states': 'Status auflisten',
    'Lists the states that issues of a team can have, for example "In Progress". Their ids are needed to give an issue a state.':
      'Listet die Status auf, die Vorgänge eines Teams haben können, zum Beispiel „In Progress“. Ihre IDs werden gebraucht, um einem Vorgang einen Status zu geben.',
    'List issue labels': 'Labels auflisten',
    'Lists the labels that belong to a team, without those of the whole workspace.':
      'Listet die Labels auf, die zu einem Team gehören, ohne die des ganzen Arbeitsbereichs.',
    'List users': 'Benutzer auflisten',
    'Lists the users of the workspace, or the members of one team, with their ids, for example to assign an issue to one of them.':
      'Listet die Benutzer des Arbeitsbereichs oder die Mitglieder eines Teams auf, mit ihren IDs, zum Beispiel um einem von ihnen einen Vorgang zuzuweisen.',
    'Include disabled': 'Auch deaktivierte',
    'true: also users whose account is disabled':
      'true: auch Benutzer, deren Konto deaktiviert ist',
    'List issues': 'Vorgänge auflisten',
    'Lists issues with their state, assignee, project and labels, without comments. All conditions of the filter must be met. Use listTeams, listUsers or listWorkflowStates to find the ids for the filter.':
      'Listet Vorgänge mit Status, zuständigem Benutzer, Projekt und Labels auf, ohne Kommentare. Alle Bedingungen des Filters müssen erfüllt sein. listTeams, listUsers und listWorkflowStates liefern die IDs für den Filter.',
    Filter: 'Filter',
    'Conditions. Without one: all issues': 'Bedingungen. Ohne Filter: alle Vorgänge',
    'Issues with at least one of these labels': 'Vorgänge mit mindestens einem dieser Labels',
    'Part of the title, in any case of letters': 'Teil des Titels, ohne Groß- und Kleinschreibung',
    'Created at or after this day or time, in RFC 3339':
      'Ab diesem Tag oder Zeitpunkt angelegt, in RFC 3339',
    'Created before this day or time, in RFC 3339':
      'Vor diesem Tag oder Zeitpunkt angelegt, in RFC 3339',
    'Changed at or after this day or time, in RFC 3339':
      'Ab diesem Tag oder Zeitpunkt geändert, in RFC 3339',
    'Changed before this day or time, in RFC 3339':
      'Vor diesem Tag oder Zeitpunkt geändert, in RFC 3339',
    'Archived status': 'Archiviert',
    'active: without archived issues; archived: only those; all: both':
      'active: ohne archivierte Vorgänge; archived: nur diese; all: beide',
    'Get issue': 'Vorgang lesen',
    'Reads one issue with its text, state, assignee, project and labels. Does not return its comments.':
      'Liest einen Vorgang mit Text, Status, zuständigem Benutzer, Projekt und Labels. Liefert nicht seine Kommentare.',
    Id: 'ID',
    'Id of the issue, or its identifier such as ENG-42':
      'ID des Vorgangs oder seine Kennung, zum Beispiel ENG-42',
    'Create issue': 'Vorgang anlegen',
    'Creates an issue in a team and returns it with its identifier, such as ENG-42. Without a state it gets the default state of the team. Notifies the assignee.':
      'Legt einen Vorgang in einem Team an und liefert ihn mit seiner Kennung, zum Beispiel ENG-42. Ohne Status erhält er den Standardstatus des Teams. Benachrichtigt den zuständigen Benutzer.',
    Title: 'Titel',
    'Title, max 255 characters': 'Titel, höchstens 255 Zeichen',
    Description: 'Beschreibung',
    'Text in Markdown': 'Text in Markdown',
    'Assignee id': 'ID des zuständigen Benutzers',
    'Id of the assignee, as in the result of listUsers':
      'ID des zuständigen Benutzers, wie im Ergebnis von listUsers',
    'Project id': 'ID des Projekts',
    'Id of the project': 'ID des Projekts',
    'Cycle id': 'ID des Zyklus',
    'Id of the cycle': 'ID des Zyklus',
    'Parent id': 'ID des übergeordneten Vorgangs',
    'Id of the issue that this one is a part of': 'ID des Vorgangs, von dem dieser ein Teil ist',
    'State id': 'ID des Status',
    'Id of the state, as in the result of listWorkflowStates':
      'ID des Status, wie im Ergebnis von listWorkflowStates',
    Priority: 'Priorität',
    '0: none, 1: urgent, 2: high, 3: medium, 4: low':
      '0: keine, 1: dringend, 2: hoch, 3: mittel, 4: niedrig',
    'Due date': 'Fällig am',
    'Day, for example 2030-01-31': 'Tag, zum Beispiel 2030-01-31',
    'Label ids': 'IDs der Labels',
    'Ids of all labels of the issue, as in the result of listIssueLabels':
      'IDs aller Labels des Vorgangs, wie im Ergebnis von listIssueLabels',
    'Create comment': 'Kommentar hinzufügen',
    'Adds a comment to an issue and returns it. Notifies its subscribers.':
      'Fügt einem Vorgang einen Kommentar hinzu und liefert ihn. Benachrichtigt alle, die ihn abonniert haben.',
    'Issue id': 'ID des Vorgangs',
    Body: 'Text',
    'Create attachment': 'Anhang hinzufügen',
    'Attaches a link to an issue and returns the attachment. The same link again changes it.':
      'Hängt einen Link an einen Vorgang an und liefert den Anhang. Derselbe Link noch einmal ändert ihn.',
    'Text of the link': 'Text des Links',
    Url: 'URL',
    'URL that the link leads to': 'URL, zu der der Link führt',
    'Update issue': 'Vorgang ändern',
    'Changes an issue, for example its state or assignee, and returns it. Only the given fields change; null removes the present value. Give either labelIds, which replaces all labels, or addedLabelIds and removedLabelIds.':
      'Ändert einen Vorgang, zum Beispiel Status oder zuständigen Benutzer, und liefert ihn. Nur die angegebenen Felder ändern sich; null entfernt den vorhandenen Wert. Entweder labelIds angeben, das alle Labels ersetzt, oder addedLabelIds und removedLabelIds.',
    'Added label ids': 'IDs neuer Labels',
    'Ids of labels to add': 'IDs der Labels, die hinzukommen',
    'Removed label ids': 'IDs entfernter Labels',
    'Ids of labels to remove': 'IDs der Labels, die wegfallen',
  },
} as const;
