import { executeConnector } from '@latchkey/actions-plugin/common';
import { PROVIDER_TIMEOUT_MS, useCore } from '@latchkey/core/public';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type ReactElement, type ReactNode, useEffect, useMemo, useState } from 'react';
import { useForm } from 'react-hook-form';
import { useIntl } from 'react-intl';
import { connectionKeys } from '../connection_status/index.ts';
import type { ConnectorSpecBody } from '../connector_data/index.ts';
import {
  encodeFields,
  fieldsResolver,
  type InputValues,
  initialValues,
  readActionForm,
  reportUnknownParts,
} from '../connector_form/index.ts';
import { errorText } from '../error_text.ts';
import { type TestResult, toTestResult } from './test_result.ts';
import { CHECK_ACTION, type TestAction, TestTab } from './test_tab.tsx';

/** Test tab of a connector. It executes an action as this user. */
export function RunTest(props: {
  readonly connectorId: string;
  readonly spec: ConnectorSpecBody;
  /** Names of the enabled actions. `undefined`: all actions are enabled. */
  readonly enabledActions: readonly string[] | undefined;
  readonly isPersonal: boolean;
  /** `true`: the user has to connect before a test can succeed. */
  readonly needsConnection: boolean;
  readonly authorize: ReactNode;
}): ReactElement {
  const { spec, enabledActions } = props;
  const actions = useMemo(() => actionsOf(spec, enabledActions), [spec, enabledActions]);
  useEffect(() => {
    for (const [id, { input }] of Object.entries(spec.actions)) {
      reportUnknownParts(`${spec.metadata.id} ${id}`, readActionForm(input).unknownParts);
    }
  }, [spec]);
  const [chosenId, choose] = useState(actions[0]?.id ?? CHECK_ACTION);
  const chosen = actions.find(({ id }) => id === chosenId) ?? actions[0] ?? CHECK;
  return (
    <RunAction key={chosen.id} {...props} actions={actions} chosen={chosen} onChoose={choose} />
  );
}

function RunAction(props: {
  readonly connectorId: string;
  readonly actions: readonly TestAction[];
  readonly chosen: TestAction;
  readonly onChoose: (id: string) => void;
  readonly isPersonal: boolean;
  readonly needsConnection: boolean;
  readonly authorize: ReactNode;
}): ReactElement {
  const { connectorId, chosen } = props;
  const { http } = useCore();
  const intl = useIntl();
  const queryClient = useQueryClient();
  const resolver = useMemo(() => fieldsResolver(intl, chosen.fields), [intl, chosen]);
  const methods = useForm({ defaultValues: { input: initialValues(chosen.fields) }, resolver });
  const [result, setResult] = useState<TestResult>();
  const run = useMutation({
    mutationFn: (input: InputValues['input']) =>
      http.call(executeConnector, {
        timeoutMs: PROVIDER_TIMEOUT_MS,
        params: { id: connectorId },
        body: {
          params: { subAction: chosen.id, subActionParams: encodeFields(chosen.fields, input) },
        },
      }),
    onMutate: () => setResult(undefined),
    onSuccess: (body) => setResult(toTestResult(body)),
    onError: (error) =>
      setResult({
        status: 'failed',
        message: errorText(intl, error),
        next: 'check',
        retryAt: undefined,
      }),
    // If the provider rejects the token, the connection ends, so connections are read again.
    onSettled: () => queryClient.invalidateQueries({ queryKey: connectionKeys.all }),
  });
  return (
    <TestTab
      {...props}
      methods={methods}
      isRunning={run.isPending}
      onRun={() => void methods.handleSubmit(({ input }) => run.mutate(input))()}
      result={result}
    />
  );
}

const CHECK: TestAction = {
  id: CHECK_ACTION,
  name: undefined,
  description: undefined,
  fields: [],
  effect: 'read',
};

/**
 * Actions to choose from: first the check of the connection, then the enabled actions in the order
 * of the type.
 */
function actionsOf(
  spec: ConnectorSpecBody,
  enabled: readonly string[] | undefined,
): readonly TestAction[] {
  const actions = Object.entries(spec.actions)
    .filter(([id]) => enabled?.includes(id) ?? true)
    .map(([id, { label, description, scope, input }]) => ({
      id,
      name: label,
      description,
      fields: readActionForm(input).fields,
      effect: scope,
    }));
  return spec.is_testable ? [CHECK, ...actions] : actions;
}
