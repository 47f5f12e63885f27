import { useIntl } from 'react-intl';

/** Returns a function that writes an instant as date and time in the language of the page. */
export function useDateText(): (at: Date | number | string) => string {
  const { formatDate } = useIntl();
  return (at) => formatDate(at, { dateStyle: 'medium', timeStyle: 'short' });
}
