import { EuiButton, EuiFormRow, EuiPanel, EuiSpacer, EuiTextArea } from '@elastic/eui';
import { defineMessages, type Failure, useLeaveGuard } from '@latchkey/core/public';
import { FormFailure } from '@latchkey/core/public/page_parts';
import { isRecord, type JsonSchema } from '@latchkey/workflow-language';
import { type FormEvent, type ReactElement, type ReactNode, useState } from 'react';
import { useIntl } from 'react-intl';
import type { RunWait } from '../run_data/index.ts';
import { SchemaForm, useSchemaForm } from '../schema_form/index.ts';
import { isApproval } from './approval.ts';
import { freeResponse, responseTypes } from './free_response.ts';
import { PanelActions } from './wait_panel.tsx';

const messages = defineMessages({
  approve: { id: 'workflows.response.approve', defaultMessage: 'Approve' },
  reject: { id: 'workflows.response.reject', defaultMessage: 'Decline' },
  send: { id: 'workflows.response.send', defaultMessage: 'Send response' },
  response: { id: 'workflows.response.response', defaultMessage: 'Response' },
  help: {
    id: 'workflows.response.help',
    defaultMessage: 'Text, or an object or a list as JSON.',
  },
  invalidJson: { id: 'workflows.response.invalidJson', defaultMessage: 'This is not valid JSON.' },
  number: { id: 'workflows.response.number', defaultMessage: 'A number, for example 2.5.' },
  boolean: { id: 'workflows.response.boolean', defaultMessage: 'Enter true or false.' },
  faults: { id: 'workflows.response.faults', defaultMessage: 'The response cannot be sent' },
});

/** Properties of {@link ResponseForm}. */
export interface ResponseFormProps {
  readonly wait: RunWait;
  readonly isSending: boolean;
  /** Failure of the last attempt to respond. `undefined`: there is none. */
  readonly failure: Failure | undefined;
  /**
   * @param onRefused shows the faults that the server found; returns `true` if they could be shown
   */
  readonly onRespond: (input: unknown, onRefused: (error: unknown) => boolean) => void;
}

/** Buttons or a form with which the user responds to a waiting step. */
export function ResponseForm(props: ResponseFormProps): ReactElement {
  const { wait } = props;
  if (isApproval(wait)) return <ApprovalButtons {...props} />;
  return isRecord(wait.schema) && isRecord(wait.schema['properties']) ? (
    <FieldsForm {...props} schema={wait.schema} />
  ) : (
    <FreeForm {...props} />
  );
}

function ApprovalButtons({ wait, isSending, failure, onRespond }: ResponseFormProps): ReactElement {
  const { formatMessage } = useIntl();
  const [chosen, choose] = useState<boolean>();
  const decide = (approved: boolean) => {
    choose(approved);
    onRespond({ approved }, () => false);
  };
  return (
    <>
      <FormFailure failure={failure} />
      <PanelActions>
        {[
          <EuiButton
            key="approve"
            fill
            iconType="check"
            isLoading={isSending && chosen === true}
            isDisabled={isSending && chosen === false}
            onClick={() => decide(true)}
          >
            {wait.approveLabel ?? formatMessage(messages.approve)}
          </EuiButton>,
          <EuiButton
            key="reject"
            color="danger"
            iconType="cross"
            isLoading={isSending && chosen === false}
            isDisabled={isSending && chosen === true}
            onClick={() => decide(false)}
          >
            {wait.rejectLabel ?? formatMessage(messages.reject)}
          </EuiButton>,
        ]}
      </PanelActions>
    </>
  );
}

function FieldsForm(props: ResponseFormProps & { readonly schema: JsonSchema }): ReactElement {
  const { schema, isSending, failure, onRespond } = props;
  const { formatMessage } = useIntl();
  const form = useSchemaForm(schema);
  const other = form.otherFaults.join(' ');
  return (
    <Form
      failure={other === '' ? failure : { title: formatMessage(messages.faults), text: other }}
      isSending={isSending}
      hasChanges={form.hasChanges}
      onSubmit={() => form.submit((values) => onRespond(values, form.showServerError))}
    >
      <SchemaForm fields={form.fields} control={form.control} isDisabled={isSending} />
    </Form>
  );
}

/** Help text and error text of the field for responses of the given types. */
function wordsOf(types: readonly unknown[]) {
  if (types.every((type) => type === 'number' || type === 'integer'))
    return { help: messages.number, error: messages.number };
  if (types.every((type) => type === 'boolean'))
    return { help: messages.boolean, error: messages.boolean };
  return { help: messages.help, error: messages.invalidJson };
}

function FreeForm({ wait, isSending, failure, onRespond }: ResponseFormProps): ReactElement {
  const { formatMessage } = useIntl();
  const [text, setText] = useState('');
  const [isInvalid, setInvalid] = useState(false);
  const types = responseTypes(wait.schema);
  const words = wordsOf(types);
  const send = () => {
    const response = freeResponse(text, types);
    setInvalid(response === undefined);
    if (response !== undefined) onRespond(response.value, () => false);
  };
  return (
    <Form failure={failure} isSending={isSending} hasChanges={text !== ''} onSubmit={send}>
      <EuiFormRow
        fullWidth
        label={formatMessage(messages.response)}
        helpText={formatMessage(words.help)}
        isInvalid={isInvalid}
        error={formatMessage(words.error)}
      >
        <EuiTextArea
          fullWidth
          rows={3}
          value={text}
          isInvalid={isInvalid}
          disabled={isSending}
          onChange={({ target }) => setText(target.value)}
        />
      </EuiFormRow>
    </Form>
  );
}

function Form(props: {
  readonly failure: Failure | undefined;
  readonly isSending: boolean;
  /** `true`: leaving the page would lose text that the user has entered. */
  readonly hasChanges: boolean;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
}): ReactElement {
  const { formatMessage } = useIntl();
  useLeaveGuard(props.hasChanges);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!props.isSending) props.onSubmit();
  };
  return (
    <EuiPanel hasBorder hasShadow={false} paddingSize="m" css={{ maxInlineSize: 640 }}>
      <form noValidate onSubmit={submit}>
        <FormFailure failure={props.failure} />
        {props.children}
        <EuiSpacer size="m" />
        <EuiButton fill type="submit" isLoading={props.isSending}>
          {formatMessage(messages.send)}
        </EuiButton>
      </form>
    </EuiPanel>
  );
}
