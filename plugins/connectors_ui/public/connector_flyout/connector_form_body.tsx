import { type ReactElement, type ReactNode, useMemo } from 'react';
import { FormProvider, useWatch } from 'react-hook-form';
import { useIntl } from 'react-intl';
import { useUnavailability } from '../connection_controls/index.ts';
import {
  type AuthOption,
  ConnectorFields,
  type ConnectorForm,
  type ConnectorFormState,
  countErrors,
  type FieldIssue,
  type FieldWarnings,
  FieldWarningsProvider,
  hasField,
  type RequestedPermission,
  warningText,
} from '../connector_form/index.ts';
import { CallbackUrl } from './callback_url.tsx';
import { FormWarnings } from './form_warnings.tsx';
import { SaveProblems } from './save_problems.tsx';

/** Form of a connector, with problems and the redirect URI. */
export function ConnectorFormBody(props: {
  readonly form: ConnectorForm;
  readonly options: readonly AuthOption[];
  readonly state: ConnectorFormState;
  readonly problems: readonly string[];
  /** `true`: the response to the last save was lost. Default: false. */
  readonly isUnknown?: boolean;
  /** Warnings. They do not prevent saving. Default: none. */
  readonly warnings?: readonly FieldIssue[];
  /** Called when a field loses the focus. */
  readonly onLeaveField?: () => void;
  /** Names of the credentials that are stored. Default: none. */
  readonly stored?: readonly string[];
  /** Redirect URI. `undefined`: the connector has none, or it is not known. */
  readonly callbackUrl: string | undefined;
  /** Permissions that users have to grant. `undefined`: there are none, or they are not known. */
  readonly permissions?: readonly RequestedPermission[] | undefined;
  readonly isReadOnly?: boolean;
  /** Notices above the fields. */
  readonly children?: ReactNode;
}): ReactElement {
  const { form, options, state, stored = [], callbackUrl, isReadOnly = false } = props;
  const { errors } = state.methods.formState;
  const warnings = useWarnings(props);
  const { ofAuthType } = useUnavailability();
  const marked = options.map((option) => ({ ...option, unavailable: ofAuthType(option.id) }));
  return (
    <FormProvider {...state.methods}>
      {props.children}
      <SaveProblems
        texts={props.problems}
        fieldCount={countErrors(errors)}
        isUnknown={props.isUnknown ?? false}
      />
      <FormWarnings texts={warnings.ofForm} />
      <FieldWarningsProvider value={warnings.byField}>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: receives the blur of its fields */}
        <div onBlur={props.onLeaveField}>
          <ConnectorFields
            form={form}
            options={marked}
            stored={stored}
            isDisabled={isReadOnly}
            permissions={props.permissions}
            registration={callbackUrl === undefined ? null : <CallbackUrl url={callbackUrl} />}
          />
        </div>
      </FieldWarningsProvider>
    </FormProvider>
  );
}

/** Texts of warnings. A warning is shown at its field if the form has the field. */
function useWarnings(props: {
  readonly form: ConnectorForm;
  readonly options: readonly AuthOption[];
  readonly state: ConnectorFormState;
  readonly warnings?: readonly FieldIssue[];
}): { readonly ofForm: readonly string[]; readonly byField: FieldWarnings } {
  const { form, state, warnings = NO_WARNINGS } = props;
  const offered = props.options.length;
  const intl = useIntl();
  const authType = useWatch({ control: state.methods.control, name: 'authType' });
  return useMemo(() => {
    const values = { ...state.methods.getValues(), authType };
    const ofFields = warnings.filter((warning) => hasField(form, { values, offered }, warning));
    return {
      ofForm: warnings
        .filter((warning) => !ofFields.includes(warning))
        .map((warning) => warningText(intl, warning)),
      byField: new Map(
        [...Map.groupBy(ofFields, ({ path }) => path)].map(([path, found]) => [
          path,
          found.map((warning) => warningText(intl, warning)),
        ]),
      ),
    };
  }, [form, offered, authType, warnings, intl, state.methods]);
}

const NO_WARNINGS: readonly FieldIssue[] = [];
