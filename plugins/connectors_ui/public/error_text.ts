import {
  changeFailure,
  defineMessages,
  type Failure,
  HttpClientError,
  requestFailures,
  requestFailureText,
} from '@latchkey/core/public';
import type { IntlShape } from 'react-intl';

const messages = defineMessages({
  actionNotEnabled: {
    id: 'connectorsUi.error.actionNotEnabled',
    defaultMessage:
      'This action is not enabled in the connector. An administrator can enable it in the settings of the connector.',
  },
});

/** Status codes for which the text depends only on the status. */
const WITHOUT_CAUSE: ReadonlySet<number> = new Set([401, 403, 404, 412, 429]);

/** Text for a user who lacks a privilege. */
export const forbiddenText = ({ formatMessage }: IntlShape): string =>
  formatMessage(requestFailures.forbidden);

/**
 * Text for users about a failed request. For 400 and 409 it is the server's message, which says
 * what has to be corrected.
 */
export function errorText(intl: IntlShape, error: unknown): string {
  const cause = error instanceof HttpClientError ? causeOf(intl, error) : undefined;
  return cause ?? requestFailureText(intl, error);
}

/**
 * Failure of a request that changes something. After a lost response, the text says that the change
 * may have been made.
 * @param title title that says that the change was not made
 */
export const failureOf = (intl: IntlShape, title: string, error: unknown): Failure =>
  changeFailure(intl, error, { title, text: errorText(intl, error) });

function causeOf(intl: IntlShape, { status = 0, body }: HttpClientError): string | undefined {
  // A reason for this status other than missing privileges: no role can change it.
  if (body?.attributes?.['code'] === 'action_not_enabled')
    return intl.formatMessage(messages.actionNotEnabled);
  const isRefusal = status >= 400 && status < 500 && !WITHOUT_CAUSE.has(status);
  return isRefusal ? body?.message : undefined;
}
