import { EuiButton } from '@elastic/eui';
import { defineMessages, useCore } from '@latchkey/core/public';
import type { ReactElement } from 'react';
import { useIntl } from 'react-intl';
import { cancelExecution, WORKFLOW_PRIVILEGES } from '../../common/index.ts';
import { failureOf } from '../failure_text.ts';
import type { RunDetails } from '../run_data/index.ts';
import { isFinished } from '../run_status/index.ts';

const messages = defineMessages({
  cancel: { id: 'workflows.run.cancel', defaultMessage: 'Cancel run' },
  cancelTitle: { id: 'workflows.run.cancelTitle', defaultMessage: 'Cancel this run?' },
  cancelText: {
    id: 'workflows.run.cancelText',
    defaultMessage:
      'Steps that have ended stay as they are: nothing is undone at the services. Later steps are not executed.',
  },
  cancelFailed: {
    id: 'workflows.run.cancelFailed',
    defaultMessage: 'The run could not be cancelled',
  },
});

/** Buttons that change a run. */
export function useRunActions(props: {
  readonly run: RunDetails;
  readonly onChanged: () => void;
}): readonly ReactElement[] {
  const { run, onChanged } = props;
  const intl = useIntl();
  const { formatMessage } = intl;
  const { http, application, feedback } = useCore();
  const cancel = async () => {
    await feedback.confirm({
      title: formatMessage(messages.cancelTitle),
      text: formatMessage(messages.cancelText),
      confirmLabel: formatMessage(messages.cancel),
      color: 'danger',
      action: {
        run: () => http.call(cancelExecution, { params: { id: run.id } }).then(() => undefined),
        failureOf: failureOf(intl, messages.cancelFailed),
      },
    });
    onChanged();
  };
  if (isFinished(run.status) || !application.can(WORKFLOW_PRIVILEGES.cancel)) return [];
  return [
    <EuiButton key="cancel" color="danger" iconType="cross" onClick={() => void cancel()}>
      {formatMessage(messages.cancel)}
    </EuiButton>,
  ];
}
