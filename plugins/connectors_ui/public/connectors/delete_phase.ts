import { defineMessages, type Failure, hasErrorCode } from '@latchkey/core/public';
import type { IntlShape } from 'react-intl';
import { failureOf } from '../error_text.ts';

const messages = defineMessages({
  failed: {
    id: 'connectorsUi.delete.failed',
    defaultMessage: '{name} was not deleted',
  },
  unrevoked: {
    id: 'connectorsUi.delete.unrevoked',
    defaultMessage:
      'This server lacks the key with which the connector is encrypted, so it cannot revoke the authorizations of its users. Use a server that has the key. If the key is lost, delete the connector anyway: its users must then remove the access at the provider themselves.',
  },
});

/** Progress of a deletion. */
export type DeletePhase =
  | { readonly status: 'asking' }
  | { readonly status: 'deleting'; readonly done: number }
  | {
      readonly status: 'failed';
      readonly failure: Failure;
      /**
       * `true`: the authorizations of users cannot be revoked, so that only a forced deletion
       * succeeds.
       */
      readonly needsForce: boolean;
    };

/** Error code of a deletion that succeeds only if it is forced. */
const NEEDS_FORCE = 'key_not_configured';

/** Phase of the dialog after a failed request. */
export function failedPhase(
  intl: IntlShape,
  name: string,
  error: unknown,
): Extract<DeletePhase, { readonly status: 'failed' }> {
  const needsForce = hasErrorCode(error, NEEDS_FORCE);
  const title = intl.formatMessage(messages.failed, { name });
  const failure = needsForce
    ? { title, text: intl.formatMessage(messages.unrevoked) }
    : failureOf(intl, title, error);
  return { status: 'failed', failure, needsForce };
}
