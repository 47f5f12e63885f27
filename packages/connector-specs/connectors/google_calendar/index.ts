export { googleCalendar } from './google_calendar.ts';
