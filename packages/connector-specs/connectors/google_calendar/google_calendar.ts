import { catalogueSpec, connectionTest, personalAuthTypes } from '../../spec_definition/index.ts';
import { calendarActions, getFirstCalendar } from './actions.ts';
import { GOOGLE_API } from './calendar_api.ts';
import { translations } from './translations.ts';

/** Events and free times in Google Calendar. */
export const googleCalendar = catalogueSpec({
  metadata: {
    id: '.google_calendar',
    displayName: 'Google Calendar',
    description: 'Search and list events and free times in Google Calendar.',
    icon: 'calendar',
  },
  auth: { types: ['bearer', ...personalAuthTypes({ ears: 'google' })] },
  apiOrigins: [GOOGLE_API],
  provider: 'google',
  // The token response has no ID token, because the scope of Calendar does not include `openid`.
  // The id of the primary calendar is the email address.
  account: { url: `${GOOGLE_API}/calendar/v3/calendars/primary`, idPath: 'id' },
  actions: calendarActions,
  test: connectionTest(getFirstCalendar, {}, 'Reads one calendar of the user.'),
  translations,
});
