import {
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutFooter,
  EuiFlyoutHeader,
  EuiForm,
  EuiIcon,
  EuiSpacer,
  EuiText,
  EuiTitle,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { defineMessages, type Failure } from '@latchkey/core/public';
import { FLYOUT_SIZE, FormFailure, TwoLines } from '@latchkey/core/public/page_parts';
import type { FormEvent, ReactElement, ReactNode } from 'react';
import { useIntl } from 'react-intl';
import { SchemaForm, type SchemaFormState } from '../schema_form/index.ts';
import { type CheckedConnector, waitsForUser } from './preflight.ts';
import { PreflightList } from './preflight_list.tsx';

const messages = defineMessages({
  title: { id: 'workflows.runDialog.title', defaultMessage: 'Run {name}' },
  stepTitle: { id: 'workflows.runDialog.stepTitle', defaultMessage: 'Test step {name}' },
  onlyStep: {
    id: 'workflows.runDialog.onlyStep',
    defaultMessage:
      'Only this step is executed, with the steps inside of it and, after a failure, its fallback.',
  },
  variables: { id: 'workflows.runDialog.variables', defaultMessage: 'Values the step reads' },
  noVariables: {
    id: 'workflows.runDialog.noVariables',
    defaultMessage: 'This step reads no inputs and no results of other steps.',
  },
  testTitle: { id: 'workflows.runDialog.testTitle', defaultMessage: 'Test {name}' },
  runsAs: {
    id: 'workflows.runDialog.runsAs',
    defaultMessage: 'The run acts as you ({user}): its steps use your accounts.',
  },
  inputs: { id: 'workflows.runDialog.inputs', defaultMessage: 'Inputs' },
  noInputs: { id: 'workflows.runDialog.noInputs', defaultMessage: 'This workflow has no inputs.' },
  connectors: { id: 'workflows.runDialog.connectors', defaultMessage: 'Connectors' },
  checking: { id: 'workflows.runDialog.checking', defaultMessage: 'Checking the connectors…' },
  notChecked: {
    id: 'workflows.runDialog.notChecked',
    defaultMessage: 'The connectors could not be checked. You can run the workflow anyway.',
  },
  invalid: {
    id: 'workflows.runDialog.invalid',
    defaultMessage: 'The workflow has errors and cannot run. Correct them in the editor.',
  },
  willWait: {
    id: 'workflows.runDialog.willWait',
    defaultMessage: 'You can run it now: it waits at the step until you are connected.',
  },
  run: { id: 'workflows.runDialog.run', defaultMessage: 'Run' },
  dryRun: { id: 'workflows.runDialog.dryRun', defaultMessage: 'Dry run' },
  dryRunHelp: {
    id: 'workflows.runDialog.dryRunHelp',
    defaultMessage: 'A dry run sends nothing to services and shows what each step would send.',
  },
  cancel: { id: 'workflows.runDialog.cancel', defaultMessage: 'Cancel' },
  faults: { id: 'workflows.runDialog.faults', defaultMessage: 'The inputs do not fit' },
});

const TITLES = {
  workflow: messages.title,
  test: messages.testTitle,
  step: messages.stepTitle,
} as const;

/** Result of the check before a run. */
interface PreflightResult {
  readonly valid: boolean;
  readonly connectors: readonly CheckedConnector[];
}

/** Properties of {@link RunDialogView}. */
export interface RunDialogViewProps {
  readonly name: string;
  /**
   * `workflow`: runs the stored workflow. `test`: runs the text of the editor. `step`: runs one
   * step of that text; `name` is then the name of the step.
   */
  readonly kind: 'workflow' | 'test' | 'step';
  /** Username of the user as whom the run acts. */
  readonly runsAs: string;
  readonly form: SchemaFormState;
  /** Result of the check of connectors. `undefined`: not known yet. `failed`: the check failed. */
  readonly preflight: PreflightResult | 'failed' | undefined;
  readonly renderConnect: (connector: CheckedConnector) => ReactNode;
  /** Kind of run that is being started. `undefined`: no start is in progress. */
  readonly starting: 'run' | 'dry_run' | undefined;
  /** Failure of the last start. `undefined`: there is none. */
  readonly failure: Failure | undefined;
  readonly onRun: (isDryRun: boolean) => void;
  readonly onClose: () => void;
}

/** Form with the inputs of a workflow, its connectors, and buttons that run it. */
export function RunDialogView(props: RunDialogViewProps): ReactElement {
  const { name, kind, runsAs, form, preflight, starting, failure, onRun, onClose } = props;
  const { formatMessage } = useIntl();
  const titleId = useGeneratedHtmlId();
  const formId = useGeneratedHtmlId();
  const isBusy = starting !== undefined;
  const isInvalid = typeof preflight === 'object' && !preflight.valid;
  const other = form.otherFaults.join(' ');
  const shown = other === '' ? failure : { title: formatMessage(messages.faults), text: other };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy && !isInvalid) onRun(false);
  };
  return (
    <EuiFlyout
      ownFocus
      {...FLYOUT_SIZE}
      aria-labelledby={titleId}
      // A click beside the flyout does not lose the inputs.
      outsideClickCloses={!form.hasChanges}
      onClose={onClose}
    >
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="s">
          <h2 id={titleId} css={{ overflowWrap: 'anywhere' }}>
            {formatMessage(TITLES[kind], { name })}
          </h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <FormFailure failure={shown} />
        {isInvalid && (
          <>
            <EuiCallOut
              size="s"
              color="danger"
              iconType="error"
              heading="p"
              title={formatMessage(messages.invalid)}
            />
            <EuiSpacer size="m" />
          </>
        )}
        <EuiText size="s" css={{ overflowWrap: 'anywhere' }}>
          <p>
            <EuiIcon type="user" size="s" aria-hidden />{' '}
            {formatMessage(messages.runsAs, { user: <TwoLines key="user" text={runsAs} /> })}
          </p>
          {kind === 'step' && <p>{formatMessage(messages.onlyStep)}</p>}
        </EuiText>
        <EuiSpacer size="m" />
        <EuiTitle size="xs">
          <h3>{formatMessage(kind === 'step' ? messages.variables : messages.inputs)}</h3>
        </EuiTitle>
        <EuiSpacer size="s" />
        <EuiForm fullWidth id={formId} component="form" noValidate onSubmit={submit}>
          {form.fields.length === 0 ? (
            <EuiText size="s" color="subdued">
              <p>{formatMessage(kind === 'step' ? messages.noVariables : messages.noInputs)}</p>
            </EuiText>
          ) : (
            <SchemaForm fields={form.fields} control={form.control} isDisabled={isBusy} />
          )}
        </EuiForm>
        <EuiSpacer size="l" />
        <Connectors {...props} />
      </EuiFlyoutBody>
      <Footer
        formId={formId}
        isInvalid={isInvalid}
        starting={starting}
        onDryRun={() => onRun(true)}
        onClose={onClose}
      />
    </EuiFlyout>
  );
}

/** Buttons that close the dialog, make a dry run, or submit the form. */
function Footer(
  props: Pick<RunDialogViewProps, 'starting' | 'onClose'> & {
    /** Id of the form that the button submits. */
    readonly formId: string;
    readonly isInvalid: boolean;
    readonly onDryRun: () => void;
  },
): ReactElement {
  const { formId, isInvalid, starting, onDryRun, onClose } = props;
  const { formatMessage } = useIntl();
  const helpId = useGeneratedHtmlId();
  return (
    <EuiFlyoutFooter>
      <EuiText size="xs" color="subdued">
        <p id={helpId}>{formatMessage(messages.dryRunHelp)}</p>
      </EuiText>
      <EuiSpacer size="s" />
      <EuiFlexGroup justifyContent="spaceBetween" gutterSize="s" responsive={false} wrap>
        <EuiFlexItem grow={false}>
          <EuiButtonEmpty flush="left" onClick={onClose}>
            {formatMessage(messages.cancel)}
          </EuiButtonEmpty>
        </EuiFlexItem>
        <EuiFlexItem grow={false}>
          <EuiFlexGroup gutterSize="s" responsive={false}>
            <EuiFlexItem grow={false}>
              <EuiButton
                aria-describedby={helpId}
                isLoading={starting === 'dry_run'}
                isDisabled={isInvalid || starting === 'run'}
                onClick={onDryRun}
              >
                {formatMessage(messages.dryRun)}
              </EuiButton>
            </EuiFlexItem>
            <EuiFlexItem grow={false}>
              <EuiButton
                fill
                iconType="play"
                type="submit"
                form={formId}
                isLoading={starting === 'run'}
                isDisabled={isInvalid || starting === 'dry_run'}
              >
                {formatMessage(messages.run)}
              </EuiButton>
            </EuiFlexItem>
          </EuiFlexGroup>
        </EuiFlexItem>
      </EuiFlexGroup>
    </EuiFlyoutFooter>
  );
}

function Connectors(
  props: Pick<RunDialogViewProps, 'preflight' | 'renderConnect'>,
): ReactElement | null {
  const { preflight, renderConnect } = props;
  const { formatMessage } = useIntl();
  if (typeof preflight === 'object' && preflight.connectors.length === 0) return null;
  return (
    <section>
      <EuiTitle size="xs">
        <h3>{formatMessage(messages.connectors)}</h3>
      </EuiTitle>
      <EuiSpacer size="s" />
      {typeof preflight === 'object' ? (
        <>
          <PreflightList connectors={preflight.connectors} renderConnect={renderConnect} />
          {preflight.valid && preflight.connectors.some(waitsForUser) && (
            <>
              <EuiSpacer size="s" />
              <EuiText size="s" color="subdued">
                <p>{formatMessage(messages.willWait)}</p>
              </EuiText>
            </>
          )}
        </>
      ) : (
        <EuiText size="s" color="subdued">
          <p role="status">
            {formatMessage(preflight === 'failed' ? messages.notChecked : messages.checking)}
          </p>
        </EuiText>
      )}
    </section>
  );
}
