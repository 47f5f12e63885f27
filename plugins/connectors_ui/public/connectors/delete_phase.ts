import { defineMessages, type Failure } from '@latchkey/core/public';
import type { IntlShape } from 'react-intl';

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
      readonly name: string;
      readonly message: string;
      /** `true`: the grants cannot be revoked, and only a forced deletion succeeds. */
      readonly needsForce: boolean;
    };

/** A failed deletion in words for the user. */
export function deleteFailure(
  { formatMessage }: Pick<IntlShape, 'formatMessage'>,
  failed: Extract<DeletePhase, { readonly status: 'failed' }>,
): Failure {
  return {
    title: formatMessage(messages.failed, { name: failed.name }),
    text: failed.needsForce ? formatMessage(messages.unrevoked) : failed.message,
  };
}
