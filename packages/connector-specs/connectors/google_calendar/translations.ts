/** Texts of the connector in other languages, by the English text. */
export const translations = {
  de: {
    'Search and list events and free times in Google Calendar.':
      'Termine und freie Zeiten in Google Kalender suchen und auflisten.',
    'Search events': 'Termine suchen',
    'Finds events in one calendar by words in title, description, place and names of attendees, by default from now on. Events of a series are returned one by one. Use listEvents for all events of a period.':
      'Findet Termine in einem Kalender nach Wörtern in Titel, Beschreibung, Ort und Namen der Teilnehmer, standardmäßig ab jetzt. Termine einer Serie werden einzeln geliefert. listEvents liefert alle Termine eines Zeitraums.',
    Query: 'Suchtext',
    'Words to search for': 'Gesuchte Wörter',
    'Calendar id': 'ID des Kalenders',
    'Id of the calendar, as in the result of listCalendars; "primary": that of the user':
      'ID des Kalenders, wie im Ergebnis von listCalendars; „primary“: der des Benutzers',
    'Time min': 'Ab',
    'Only events that end after this time, in RFC 3339. Default: now. Required with pageToken':
      'Nur Termine, die nach dieser Zeit enden, in RFC 3339. Standard: jetzt. Mit pageToken erforderlich',
    'Only events that end after this time, in RFC 3339':
      'Nur Termine, die nach dieser Zeit enden, in RFC 3339',
    'Time max': 'Bis',
    'Only events that start before this time, in RFC 3339':
      'Nur Termine, die vor dieser Zeit beginnen, in RFC 3339',
    'Max results': 'Höchstzahl',
    'Events per page, max 2500': 'Termine pro Seite, höchstens 2500',
    'Page token': 'Token der Seite',
    'nextPageToken of the previous page': 'nextPageToken der vorherigen Seite',
    'Order by': 'Sortierung',
    'Order: by start, or by last change': 'Sortierung: nach Beginn oder nach letzter Änderung',
    'Get event': 'Termin lesen',
    'Reads one event of a calendar: title, description, place, times, attendees with their responses, and links.':
      'Liest einen Termin eines Kalenders: Titel, Beschreibung, Ort, Zeiten, Teilnehmer mit ihren Antworten, und Links.',
    'Event id': 'ID des Termins',
    'Id of the event, as in the result of a list': 'ID des Termins, wie im Ergebnis einer Liste',
    'List calendars': 'Kalender auflisten',
    'Lists the calendars of the user, own and subscribed ones, with id, name, time zone and access. Other actions need the ids.':
      'Listet die Kalender des Benutzers auf, eigene und abonnierte, mit ID, Name, Zeitzone und Zugriff. Andere Aktionen brauchen die IDs.',
    'List events': 'Termine auflisten',
    'Lists events of one calendar between two times, with title, place, times and attendees. Without times it begins with the oldest event. Events of a series are returned one by one.':
      'Listet Termine eines Kalenders zwischen zwei Zeiten auf, mit Titel, Ort, Zeiten und Teilnehmern. Ohne Zeiten beginnt die Liste mit dem ältesten Termin. Termine einer Serie werden einzeln geliefert.',
    'Free busy': 'Belegte Zeiten',
    'Returns when up to 50 calendars are busy between two times, without details of the events. Calendars of other users are named by their email address; the users must have shared them. Use it to find a time for a meeting.':
      'Liefert, wann bis zu 50 Kalender zwischen zwei Zeiten belegt sind, ohne Details der Termine. Kalender anderer Benutzer werden mit deren E-Mail-Adresse angegeben; die Benutzer müssen sie freigegeben haben. Damit lässt sich eine Zeit für ein Treffen finden.',
    'Start, in RFC 3339': 'Beginn, in RFC 3339',
    'End, in RFC 3339': 'Ende, in RFC 3339',
    'Calendar ids': 'IDs der Kalender',
    'Ids of calendars, or email addresses of users, max 50':
      'IDs von Kalendern, oder E-Mail-Adressen von Benutzern, höchstens 50',
    'Time zone': 'Zeitzone',
    'Time zone of the result, for example Europe/Berlin. Default: UTC':
      'Zeitzone des Ergebnisses, zum Beispiel Europe/Berlin. Standard: UTC',
  },
} as const;
