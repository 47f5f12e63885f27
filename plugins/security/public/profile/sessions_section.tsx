import { EuiButton, EuiSkeletonText } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import { LoadFailure } from '@latchkey/core/public/page_parts';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { FormattedMessage, useIntl } from 'react-intl';
import { endSessions } from '../../common/index.ts';
import { failureOf, failureText } from '../failure_text.ts';
import { securityKeys, sessionsQuery } from '../security_queries.ts';
import { Section } from './section.tsx';
import { SessionList } from './session_list.tsx';

const messages = defineMessages({
  title: { id: 'security.sessions.title', defaultMessage: 'Sessions' },
  text: {
    id: 'security.sessions.text',
    defaultMessage: 'Browsers in which you are signed in.',
  },
  confirmTitle: {
    id: 'security.sessions.confirmTitle',
    defaultMessage: 'Sign out in all other browsers?',
  },
  confirmText: {
    id: 'security.sessions.confirmText',
    defaultMessage:
      'You stay signed in here. API keys stay valid. If somebody else may know your password, change it instead: that also signs out all other browsers.',
  },
  confirm: { id: 'security.sessions.confirm', defaultMessage: 'Sign out everywhere else' },
  done: { id: 'security.sessions.done', defaultMessage: 'All other sessions ended' },
  failed: { id: 'security.sessions.failed', defaultMessage: 'The sessions were not ended' },
});

/** Section with the sessions of the user, and a button that ends all others. */
export function SessionsSection() {
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, feedback } = useCore();
  const queryClient = useQueryClient();
  const sessions = useQuery(sessionsQuery(http));
  const ask = async () => {
    const isDone = await feedback.confirm({
      title: formatMessage(messages.confirmTitle),
      text: formatMessage(messages.confirmText),
      confirmLabel: formatMessage(messages.confirm),
      color: 'danger',
      action: {
        run: async () => {
          await http.call(endSessions, { body: { sessions: 'others' } });
        },
        failureOf: failureOf(intl, messages.failed),
      },
    });
    if (isDone) feedback.toast({ title: formatMessage(messages.done), color: 'success' });
    await queryClient.invalidateQueries({ queryKey: securityKeys.sessions() });
  };
  const hasOthers = sessions.data?.sessions.some(({ is_current }) => !is_current) ?? false;
  return (
    <Section
      title={formatMessage(messages.title)}
      text={formatMessage(messages.text)}
      action={
        hasOthers && (
          <EuiButton size="s" color="danger" onClick={() => void ask()}>
            <FormattedMessage
              id="security.sessions.endOthers"
              defaultMessage="Sign out everywhere else"
            />
          </EuiButton>
        )
      }
    >
      {sessions.isPending && <EuiSkeletonText lines={3} />}
      {sessions.isError && (
        <LoadFailure
          text={failureText(intl, sessions.error)}
          onRetry={() => void sessions.refetch()}
        />
      )}
      {sessions.data !== undefined && <SessionList {...sessions.data} />}
    </Section>
  );
}
