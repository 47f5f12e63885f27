import { EuiLink } from '@elastic/eui';
import { defineMessages, useAppLink, useCore } from '@latchkey/core/public';
import { useIntl } from 'react-intl';
import { runPaths } from './run_paths.ts';

const messages = defineMessages({
  started: { id: 'workflows.started.title', defaultMessage: '{name} was started' },
  open: { id: 'workflows.started.open', defaultMessage: 'Open the run' },
});

/**
 * Returns a function that tells the user in a toast that a run was started, with a link to it. For
 * a start whose dialog the user has closed, so that no other page opens by itself.
 */
export function useStartedToast(): (run: { readonly id: string; readonly name: string }) => void {
  const { formatMessage } = useIntl();
  const { feedback } = useCore();
  const link = useAppLink();
  return ({ id, name }) =>
    feedback.toast({
      color: 'success',
      title: formatMessage(messages.started, { name }),
      text: <EuiLink {...link(runPaths.run(id))}>{formatMessage(messages.open)}</EuiLink>,
    });
}
