import { revokeGrant } from '@latchkey/actions-plugin/common';
import {
  defineMessages,
  HttpClientError,
  PROVIDER_TIMEOUT_MS,
  useCore,
} from '@latchkey/core/public';
import { createElement } from 'react';
import { useIntl } from 'react-intl';
import { failureOf } from '../error_text.ts';
import type { Grant } from './grants_table.tsx';

const messages = defineMessages({
  title: {
    id: 'connectorsUi.endGrants.title',
    defaultMessage:
      'End {count, plural, one {the authorization of {name}} other {# authorizations}}?',
  },
  text: {
    id: 'connectorsUi.endGrants.text',
    defaultMessage:
      '{count, plural, one {The user has} other {The users have}} to connect again before workflows and programs can act for them. The access is revoked at the provider.',
  },
  confirm: {
    id: 'connectorsUi.endGrants.confirm',
    defaultMessage: 'End {count, plural, one {authorization} other {# authorizations}}',
  },
  removedUser: {
    id: 'connectorsUi.endGrants.removedUser',
    defaultMessage: 'a disabled or deleted user',
  },
  done: {
    id: 'connectorsUi.endGrants.done',
    defaultMessage: '{count, plural, one {# authorization} other {# authorizations}} ended',
  },
  failed: {
    id: 'connectorsUi.endGrants.failed',
    defaultMessage:
      '{count, plural, one {# authorization was} other {# authorizations were}} not ended',
  },
});

/**
 * Ends authorizations of some users of a connector, after a question. An authorization that has
 * already ended counts as ended, so a second attempt ends the rest.
 * @param onEnded called when at least one may have ended
 */
export function useEndGrants(
  onEnded: () => Promise<void>,
): (grants: readonly Grant[]) => Promise<void> {
  const { http, feedback } = useCore();
  const intl = useIntl();
  const { formatMessage } = intl;
  return async (grants) => {
    const count = grants.length;
    const name = grants[0]?.username ?? formatMessage(messages.removedUser);
    let failed = 0;
    const isDone = await feedback.confirm({
      color: 'danger',
      title: formatMessage(messages.title, { count, name: createElement('bdi', {}, name) }),
      text: formatMessage(messages.text, { count }),
      confirmLabel: formatMessage(messages.confirm, { count }),
      action: {
        run: async () => {
          const results = await Promise.allSettled(
            grants.map(({ connector_id: id, profile_uid: uid }) =>
              http.call(revokeGrant, {
                params: { id, profile_uid: uid },
                timeoutMs: PROVIDER_TIMEOUT_MS,
              }),
            ),
          );
          const errors = results.flatMap((result) =>
            result.status === 'rejected' && !isGone(result.reason)
              ? [result.reason as unknown]
              : [],
          );
          failed = errors.length;
          // A lost response is thrown first, because only this error says that some authorizations
          // may have ended.
          if (failed > 0) throw errors.find(isLost) ?? errors[0];
        },
        failureOf: (error) =>
          failureOf(intl, formatMessage(messages.failed, { count: failed }), error),
      },
    });
    if (isDone)
      feedback.toast({ color: 'success', title: formatMessage(messages.done, { count }) });
    if (isDone || failed > 0) await onEnded();
  };
}

const isLost = (error: unknown): boolean =>
  error instanceof HttpClientError && error.isResponseLost;

/** Returns `true` if the user or another administrator has already ended the authorization. */
const isGone = (error: unknown): boolean =>
  error instanceof HttpClientError && error.status === 404;
