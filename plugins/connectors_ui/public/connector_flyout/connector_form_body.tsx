import { EuiSpacer } from '@elastic/eui';
import type { ReactElement, ReactNode } from 'react';
import { FormProvider } from 'react-hook-form';
import {
  type AuthOption,
  ConnectorFields,
  type ConnectorForm,
  type ConnectorFormState,
  countErrors,
} from '../connector_form/index.ts';
import { CallbackUrl } from './callback_url.tsx';
import { SaveProblems } from './save_problems.tsx';

/** Form of a connector with its problems and the redirect URI. */
export function ConnectorFormBody(props: {
  readonly form: ConnectorForm;
  readonly options: readonly AuthOption[];
  readonly state: ConnectorFormState;
  readonly problems: readonly string[];
  /** Credentials that are stored. Default: none. */
  readonly stored?: readonly string[];
  /** `undefined`: none, or not known. */
  readonly callbackUrl: string | undefined;
  readonly isReadOnly?: boolean;
  /** Notices above the fields. */
  readonly children?: ReactNode;
}): ReactElement {
  const { form, options, state, stored = [], callbackUrl, isReadOnly = false } = props;
  const { errors } = state.methods.formState;
  return (
    <FormProvider {...state.methods}>
      {props.children}
      <SaveProblems texts={props.problems} fieldCount={countErrors(errors)} />
      <ConnectorFields form={form} options={options} stored={stored} isDisabled={isReadOnly} />
      {callbackUrl === undefined ? null : (
        <>
          <EuiSpacer size="l" />
          <CallbackUrl url={callbackUrl} />
        </>
      )}
    </FormProvider>
  );
}
