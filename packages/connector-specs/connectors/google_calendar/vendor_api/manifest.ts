import {
  discoverySource,
  requiredFields,
  type VendorManifest,
} from '../../../contract_tests/vendor_api/index.ts';
import { googleScope } from '../../../google_apis/index.ts';
import { getFirstCalendar } from '../actions.ts';

const API = 'https://developers.google.com/workspace/calendar/api/v3/reference';

const required = requiredFields(`${API}/events`);

/** Google's own discovery document. */
export const manifest: VendorManifest = {
  origins: ['https://www.googleapis.com'],
  source: discoverySource('calendar.v3'),
  basePath: '/calendar/v3',
  test: getFirstCalendar,
  // Each of these scopes permits only a part of the actions, or reading only some of the events.
  unusedScopes: [
    'calendar.app.created',
    'calendar.calendarlist',
    'calendar.calendarlist.readonly',
    'calendar.events',
    'calendar.events.freebusy',
    'calendar.events.owned',
    'calendar.events.owned.readonly',
    'calendar.events.public.readonly',
    'calendar.events.readonly',
    'calendar.freebusy',
  ].map(googleScope),
  overlays: [
    required('GET /calendars/{calendarId}/events', ['properties', 'items', 'items'], ['id']),
    required('GET /calendars/{calendarId}/events/{eventId}', [], ['id']),
    required('GET /users/me/calendarList', ['properties', 'items', 'items'], ['id']),
    {
      route: 'POST /freeBusy',
      at: ['body', 'schemas', 'application/json', 'required'],
      value: ['timeMin', 'timeMax', 'items'],
      source: `The document does not mark them: ${API}/freebusy/query`,
    },
  ],
};
