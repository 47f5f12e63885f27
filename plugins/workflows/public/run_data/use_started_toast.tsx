import { EuiLink } from '@elastic/eui';
import { defineMessages, useAppLink, useCore } from '@latchkey/core/public';
import { useIntl } from 'react-intl';
import { runPaths } from './run_paths.ts';

const messages = defineMessages({
  started: { id: 'workflows.started.title', defaultMessage: '{name} was started' },
  open: { id: 'workflows.started.open', defaultMessage: 'Open the run' },
});

/**
 * Returns a function that shows a toast about a started run, with a link to it. Used when the user
 * has closed the dialog before the start succeeded: another page must not open by itself then.
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
