import { useCore } from '@latchkey/core/public';
import { useQuery } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { useIntl } from 'react-intl';
import { failureText } from '../failure_text.ts';
import { workflowNamesQuery } from '../workflow_data/index.ts';
import type { ListedStep } from './step_connection.ts';
import { useSettled } from './use_settled.ts';
import { WorkflowPicker } from './workflow_picker.tsx';

/** Pause after a key before the server searches, in milliseconds. */
const PAUSE_MS = 250;

/** Lets the user choose the workflow that a step starts. */
export function ChooseWorkflow(props: {
  readonly step: ListedStep;
  /** Id of the workflow in the editor, which cannot start itself. `undefined`: not saved yet. */
  readonly ownId: string | undefined;
  readonly onChoose: (workflowId: string) => void;
  readonly onClose: () => void;
}): ReactElement {
  const { step, ownId, onChoose, onClose } = props;
  const { http } = useCore();
  const intl = useIntl();
  const [search, setSearch] = useState('');
  const { data, error } = useQuery(workflowNamesQuery(http, useSettled(search, PAUSE_MS)));
  return (
    <WorkflowPicker
      stepName={step.place.name ?? ''}
      search={search}
      onSearch={setSearch}
      workflows={data?.workflows.filter(({ id }) => id !== ownId)}
      hasMore={data?.hasMore === true}
      failure={error === null ? undefined : failureText(intl, error)}
      onChoose={onChoose}
      onClose={onClose}
    />
  );
}
