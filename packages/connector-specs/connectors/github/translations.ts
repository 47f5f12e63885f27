/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Read and change issues, pull requests and files on GitHub.':
      'Issues, Pull Requests und Dateien auf GitHub lesen und ändern.',
    'Get me': 'Eigenes Konto lesen',
    'Returns the GitHub account of the credentials: login, name and public profile. Use it to find out who "me" is.':
      'Liefert das GitHub-Konto der Zugangsdaten: Anmeldename, Name und öffentliches Profil. Damit lässt sich feststellen, wer „ich“ ist.',
    'Search code': 'Code suchen',
    'Finds files by their content or name in the default branches of repositories. The query needs at least one word. Returns paths, not contents; read a file with getFileContents. Max 1000 results.':
      'Findet Dateien nach Inhalt oder Name in den Standard-Branches von Repositorys. Die Abfrage braucht mindestens ein Wort. Liefert Pfade, keine Inhalte; getFileContents liest eine Datei. Höchstens 1000 Ergebnisse.',
    Query: 'Suchabfrage',
    "Search text in GitHub's search syntax": 'Suchtext in der Suchsyntax von GitHub',
    Page: 'Seite',
    'Number of the page, from 1': 'Nummer der Seite, ab 1',
    'Per page': 'Pro Seite',
    'Search issues': 'Issues suchen',
    'Finds issues, not pull requests, in all repositories that the account can read, for example "repo:acme/shop label:bug crash". Max 1000 results.':
      'Findet Issues, keine Pull Requests, in allen Repositorys, die das Konto lesen kann, zum Beispiel „repo:acme/shop label:bug crash“. Höchstens 1000 Ergebnisse.',
    Order: 'Reihenfolge',
    'Sort direction': 'Richtung der Sortierung',
    Sort: 'Sortierung',
    'Sort key': 'Merkmal, nach dem sortiert wird',
    'Search pull requests': 'Pull Requests suchen',
    'Finds pull requests in all repositories that the account can read, for example "repo:acme/shop author:ana". Max 1000 results. Use pullRequestRead for branches and changes.':
      'Findet Pull Requests in allen Repositorys, die das Konto lesen kann, zum Beispiel „repo:acme/shop author:ana“. Höchstens 1000 Ergebnisse. pullRequestRead liest Branches und Änderungen.',
    'Search repositories': 'Repositorys suchen',
    'Finds repositories by name, description, topic, language or owner, for example "topic:cli language:go". Max 1000 results.':
      'Findet Repositorys nach Name, Beschreibung, Thema, Sprache oder Eigentümer, zum Beispiel „topic:cli language:go“. Höchstens 1000 Ergebnisse.',
    'Search users': 'Benutzer suchen',
    'Finds users and organizations by login, name or location, for example "ana in:login". Max 1000 results.':
      'Findet Benutzer und Organisationen nach Anmeldename, Name oder Ort, zum Beispiel „ana in:login“. Höchstens 1000 Ergebnisse.',
    'Add assignee': 'Benutzer zuweisen',
    'Assigns up to 10 users to an issue or a pull request, keeps the existing ones and returns the issue. GitHub ignores users without access to the repository.':
      'Weist einem Issue oder Pull Request bis zu 10 Benutzer zu, behält die vorhandenen und liefert das Issue. GitHub übergeht Benutzer ohne Zugriff auf das Repository.',
    Assignees: 'Zugewiesene Benutzer',
    'Logins of the assignees, max 10': 'Anmeldenamen der zugewiesenen Benutzer, höchstens 10',
    'Add issue comment': 'Kommentar hinzufügen',
    'Adds a comment to an issue or a pull request and returns it. Notifies its participants.':
      'Fügt einem Issue oder Pull Request einen Kommentar hinzu und liefert ihn. Benachrichtigt die Beteiligten.',
    Body: 'Inhalt',
    'Text in Markdown': 'Text in Markdown',
    'Add labels': 'Labels hinzufügen',
    'Adds labels to an issue or a pull request and keeps the existing ones. Creates labels that do not exist. Returns all labels of the issue.':
      'Fügt einem Issue oder Pull Request Labels hinzu und behält die vorhandenen. Legt Labels an, die es nicht gibt. Liefert alle Labels des Issues.',
    Labels: 'Labels',
    'Names of labels': 'Namen von Labels',
    'Create issue': 'Issue anlegen',
    'Creates an issue and returns it with its number. Notifies the watchers of the repository. Labels, assignees and milestone need write access; GitHub ignores them otherwise.':
      'Legt ein Issue an und liefert es mit seiner Nummer. Benachrichtigt die Beobachter des Repositorys. Labels, zugewiesene Benutzer und Meilenstein brauchen Schreibzugriff; sonst übergeht GitHub sie.',
    Title: 'Titel',
    Milestone: 'Meilenstein',
    'Number of the milestone': 'Nummer des Meilensteins',
    'Get issue': 'Issue lesen',
    'Reads one issue of a repository with its text, labels and assignees. Use getIssueComments for its comments.':
      'Liest ein Issue eines Repositorys mit Text, Labels und zugewiesenen Benutzern. getIssueComments liest seine Kommentare.',
    'Issue number': 'Nummer des Issues',
    'Number of the issue in its repository': 'Nummer des Issues im Repository',
    'Get issue comments': 'Kommentare lesen',
    'Lists the comments of an issue or a pull request, the oldest first.':
      'Listet die Kommentare eines Issues oder Pull Requests auf, die ältesten zuerst.',
    'List issues': 'Issues auflisten',
    'Lists issues of one repository, without pull requests, the newest first. A page may have fewer items than asked for. Use searchIssues to find issues by text.':
      'Listet Issues eines Repositorys ohne Pull Requests auf, die neuesten zuerst. Eine Seite kann weniger Elemente haben als verlangt. searchIssues findet Issues nach Text.',
    'Only items in this state': 'Nur Elemente in diesem Zustand',
    State: 'Zustand',
    Owner: 'Eigentümer',
    'Owner of the repository: a user or an organization':
      'Eigentümer des Repositorys: ein Benutzer oder eine Organisation',
    Repo: 'Repository',
    'Name of the repository, without its owner': 'Name des Repositorys, ohne den Eigentümer',
    First: 'Elemente pro Seite',
    'Items per page, max 100': 'Elemente pro Seite, höchstens 100',
    After: 'Cursor',
    'Update issue': 'Issue ändern',
    'Changes an issue, for example closes it, and returns it. Labels and assignees replace the existing ones. Only the given fields change; null removes the milestone.':
      'Ändert ein Issue, schließt es zum Beispiel, und liefert es. Labels und zugewiesene Benutzer ersetzen die vorhandenen. Nur die angegebenen Felder ändern sich; null entfernt den Meilenstein.',
    'New state': 'Neuer Zustand',
    'Create pull request': 'Pull Request öffnen',
    'Opens a pull request that asks to merge the branch head into base, and returns it with its number. For a fork, head is "owner:branch".':
      'Öffnet einen Pull Request, der den Branch head in base übernehmen soll, und liefert ihn mit seiner Nummer. Für einen Fork ist head „owner:branch“.',
    Head: 'Branch mit Änderungen',
    'Branch with the changes': 'Branch mit den Änderungen',
    Base: 'Ziel-Branch',
    'Branch that the changes are merged into': 'Branch, in den die Änderungen übernommen werden',
    Draft: 'Entwurf',
    'true: open it as a draft': 'true: als Entwurf öffnen',
    'Maintainer can modify': 'Änderungen durch Verwalter',
    'true: maintainers of the base may push to the head branch':
      'true: Verwalter des Ziels dürfen in den Branch mit den Änderungen schreiben',
    'List pull requests': 'Pull Requests auflisten',
    'Lists pull requests of one repository, the newest first. Use searchPullRequests to find them by text.':
      'Listet Pull Requests eines Repositorys auf, die neuesten zuerst. searchPullRequests findet sie nach Text.',
    'Merge pull request': 'Pull Request übernehmen',
    'Merges a pull request into its base branch and returns the SHA of the commit. Fails if checks or reviews that the repository requires are missing, or if there are conflicts.':
      'Übernimmt einen Pull Request in seinen Ziel-Branch und liefert den SHA des Commits. Schlägt fehl, wenn verlangte Prüfungen oder Reviews fehlen oder es Konflikte gibt.',
    'Pull number': 'Nummer des Pull Requests',
    'Number of the pull request in its repository': 'Nummer des Pull Requests im Repository',
    'Merge method': 'Art der Übernahme',
    'Way to merge': 'Art, wie übernommen wird',
    'Commit title': 'Titel des Commits',
    'Title of the merge commit': 'Titel des Merge-Commits',
    'Commit message': 'Text des Commits',
    'Text of the merge commit': 'Text des Merge-Commits',
    'Pull request read': 'Pull Request lesen',
    'Reads one pull request. get returns its facts; get_diff returns { diff }, its changes in text form; get_review_comments returns { items }, up to 1000 comments on changed lines. GitHub refuses diffs of more than 20,000 lines.':
      'Liest einen Pull Request. get liefert seine Angaben; get_diff liefert { diff }, seine Änderungen in Textform; get_review_comments liefert { items }, bis zu 1000 Kommentare zu geänderten Zeilen. GitHub lehnt Diffs mit mehr als 20.000 Zeilen ab.',
    Method: 'Methode',
    'What to read: the pull request, its diff, or the comments on its lines':
      'Was gelesen wird: der Pull Request, sein Diff oder die Kommentare zu seinen Zeilen',
    'Request reviewers': 'Reviews anfordern',
    'Asks users or teams to review a pull request and returns it. Notifies them.':
      'Bittet Benutzer oder Teams um ein Review eines Pull Requests und liefert ihn. Benachrichtigt sie.',
    Reviewers: 'Prüfende',
    'Logins of users': 'Anmeldenamen von Benutzern',
    'Team reviewers': 'Prüfende Teams',
    'Slugs of teams': 'Kurznamen von Teams',
    'Update pull request': 'Pull Request ändern',
    'Changes title, text, state or base of a pull request and returns it. Only the given fields change.':
      'Ändert Titel, Text, Zustand oder Ziel eines Pull Requests und liefert ihn. Nur die angegebenen Felder ändern sich.',
    'Create branch': 'Branch anlegen',
    'Creates a branch at a commit and returns its ref and SHA. Fails if the branch exists.':
      'Legt einen Branch an einem Commit an und liefert seine ref und den SHA. Schlägt fehl, wenn es den Branch gibt.',
    Ref: 'Referenz',
    'refs/heads/ and the new name': 'refs/heads/ und der neue Name',
    Sha: 'SHA',
    'SHA of the commit that the branch starts at': 'SHA des Commits, an dem der Branch beginnt',
    'Create or update file': 'Datei anlegen oder ändern',
    'Creates or replaces one file by a commit and returns the facts of the file and of the commit. To replace a file, give the sha that getFileContents returned; the call fails if the file has changed since.':
      'Legt eine Datei durch einen Commit an oder ersetzt sie und liefert die Angaben zu Datei und Commit. Zum Ersetzen ist der sha von getFileContents nötig; der Aufruf schlägt fehl, wenn sich die Datei seitdem geändert hat.',
    Path: 'Pfad',
    'Path in the repository, for example "docs/plan.md"':
      'Pfad im Repository, zum Beispiel „docs/plan.md“',
    Message: 'Nachricht',
    'Message of the commit': 'Nachricht des Commits',
    Content: 'Inhalt der Datei',
    'New content in base64, max 100 MiB': 'Neuer Inhalt in Base64, höchstens 100 MiB',
    'SHA of the file that is replaced': 'SHA der Datei, die ersetzt wird',
    Branch: 'Branch',
    'Branch. Default: the default branch': 'Branch. Standard: der Standard-Branch',
    'Get commit': 'Commit lesen',
    'Reads one commit with its message, statistics and up to 300 changed files.':
      'Liest einen Commit mit Nachricht, Statistik und bis zu 300 geänderten Dateien.',
    'SHA of the commit, or a branch or tag': 'SHA des Commits, oder ein Branch oder Tag',
    'Get file contents': 'Datei oder Ordner lesen',
    'Reads a file or the entries of a folder, with name, path, sha and size. The content of a file is text if it is UTF-8, else base64; encoding is "utf-8" or "base64". For files above 1 MB, GitHub returns no content.':
      'Liest eine Datei oder die Einträge eines Ordners, mit Name, Pfad, sha und Größe. Der Inhalt einer Datei ist Text, wenn sie UTF-8 ist, sonst Base64; encoding ist „utf-8“ oder „base64“. Für Dateien über 1 MB liefert GitHub keinen Inhalt.',
    'Path in the repository, for example "src/index.ts". Default: the root folder':
      'Pfad im Repository, zum Beispiel „src/index.ts“. Standard: der oberste Ordner',
    'Branch, tag or commit. Default: the default branch':
      'Branch, Tag oder Commit. Standard: der Standard-Branch',
    'Get latest release': 'Neuestes Release lesen',
    'Reads the latest release of a repository that is neither a draft nor a prerelease. Fails with 404 if there is none.':
      'Liest das neueste Release eines Repositorys, das weder Entwurf noch Vorabversion ist. Schlägt mit 404 fehl, wenn es keines gibt.',
    'List branches': 'Branches auflisten',
    'Lists branches of a repository with the SHA of their latest commit.':
      'Listet Branches eines Repositorys mit dem SHA ihres neuesten Commits auf.',
    'List commits': 'Commits auflisten',
    'Lists commits of a branch of a repository, the newest first.':
      'Listet Commits eines Branches eines Repositorys auf, die neuesten zuerst.',
    'Branch or commit to start from. Default: the default branch':
      'Branch oder Commit, mit dem begonnen wird. Standard: der Standard-Branch',
    'List releases': 'Releases auflisten',
    'Lists releases of a repository, the newest first. Tags without a release are not included.':
      'Listet Releases eines Repositorys auf, die neuesten zuerst. Tags ohne Release sind nicht enthalten.',
    'List tags': 'Tags auflisten',
    'Lists tags of a repository with the SHA of their commit.':
      'Listet Tags eines Repositorys mit dem SHA ihres Commits auf.',
    'Trigger workflow': 'Workflow starten',
    'Starts a workflow of GitHub Actions that has the trigger workflow_dispatch. Does not wait for it. Returns { ok: true }.':
      'Startet einen Workflow von GitHub Actions, der den Auslöser workflow_dispatch hat. Wartet nicht auf ihn. Liefert { ok: true }.',
    'Workflow id': 'ID des Workflows',
    'File name or id of the workflow': 'Dateiname oder ID des Workflows',
    'Branch or tag that the workflow runs on': 'Branch oder Tag, auf dem der Workflow läuft',
    Inputs: 'Eingaben',
    'Inputs of the workflow, max 25': 'Eingaben des Workflows, höchstens 25',
  },
} as const;
