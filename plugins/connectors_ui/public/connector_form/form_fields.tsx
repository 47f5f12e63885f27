import { EuiAccordion, EuiFormRow, EuiSpacer, EuiText, useGeneratedHtmlId } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { OptionalLabel } from '@latchkey/core/public/page_parts';
import { type ReactElement, useState } from 'react';
import { Controller, get, useFormContext, useFormState } from 'react-hook-form';
import { useIntl } from 'react-intl';
import { FieldWarning, useFieldWarnings } from './field_warnings.tsx';
import { drawnFields, type FormField, isCredential } from './form_field.ts';
import type { FieldValue } from './form_values.ts';
import { hasOuterSpace } from './outer_space.ts';
import { KeepStoredLink, StoredSecret } from './stored_secret.tsx';
import { WIDGETS } from './widgets.tsx';

const messages = defineMessages({
  advanced: { id: 'connectorsUi.field.advanced', defaultMessage: 'Advanced settings' },
  outerSpace: {
    id: 'connectorsUi.field.outerSpace',
    defaultMessage:
      'This begins or ends with a space or a line break, which is saved as well. Remove it, unless it belongs to the value.',
  },
  foldedWarning: { id: 'connectorsUi.field.foldedWarning', defaultMessage: '{label}: {text}' },
});

/** Stored credentials of a form, and how the user replaces one. */
export interface KeptSecrets {
  /** Credentials that stay as they are stored. */
  readonly names: readonly string[];
  /** Credentials that are stored, those being replaced included. */
  readonly stored: readonly string[];
  readonly replace: (name: string) => void;
  readonly keep: (name: string) => void;
  /** Credential that the user has just kept: its control gets the focus. */
  readonly justKept?: string | undefined;
}

/**
 * Fields of one group, inside a `FormProvider`. Rarely used ones are folded, unless one of them has
 * a problem.
 */
export function FormFields(props: {
  readonly fields: readonly FormField[];
  /** Path of the group in the values of the form. */
  readonly path: string;
  readonly kept?: KeptSecrets;
  readonly isDisabled?: boolean;
}): ReactElement {
  const { formatMessage } = useIntl();
  const id = useGeneratedHtmlId();
  const { errors } = useFormState();
  const warningsOf = useFieldWarnings(props.path);
  const [isOpen, setOpen] = useState(false);
  const shown = drawnFields(props.fields);
  const advanced = shown.filter(({ isAdvanced }) => isAdvanced);
  const hasProblem = advanced.some(
    ({ name }) => get(errors, `${props.path}.${name}`) !== undefined,
  );
  const foldedWarnings =
    isOpen || hasProblem ? [] : advanced.filter(({ name }) => warningsOf(name).length > 0);
  const draw = (field: FormField) => <Field key={field.name} {...props} field={field} />;
  return (
    <>
      {shown.filter(({ isAdvanced }) => !isAdvanced).map(draw)}
      {advanced.length === 0 ? null : (
        <>
          <EuiSpacer size="m" />
          <EuiAccordion
            id={id}
            buttonContent={<EuiText size="s">{formatMessage(messages.advanced)}</EuiText>}
            paddingSize="s"
            onToggle={setOpen}
            {...(hasProblem ? { forceState: 'open' as const } : {})}
          >
            {advanced.map(draw)}
          </EuiAccordion>
          {foldedWarnings.flatMap(({ name, label }) =>
            warningsOf(name).map((text) => (
              <FieldWarning
                key={`${name} ${text}`}
                text={formatMessage(messages.foldedWarning, { label, text })}
              />
            )),
          )}
        </>
      )}
    </>
  );
}

function Field(props: {
  readonly field: FormField;
  readonly path: string;
  readonly kept?: KeptSecrets;
  readonly isDisabled?: boolean;
}): ReactElement {
  const { field, path, kept } = props;
  const { control } = useFormContext();
  const { formatMessage } = useIntl();
  const warnings = useFieldWarnings(path)(field.name);
  const helpOf = (value: FieldValue) => {
    const own = hasOuterSpace(field, value) ? [formatMessage(messages.outerSpace)] : [];
    const help = [
      ...(field.helpText === undefined ? [] : [field.helpText]),
      ...[...own, ...warnings].map((text) => <FieldWarning key={text} text={text} />),
    ];
    return help.length === 0 ? {} : { helpText: help };
  };
  if (isCredential(field) && kept?.names.includes(field.name)) {
    return (
      <StoredSecret
        label={field.label}
        isDisabled={props.isDisabled === true}
        takesFocus={kept.justKept === field.name}
        onReplace={() => kept.replace(field.name)}
      />
    );
  }
  const isReplacing = isCredential(field) && kept?.stored.includes(field.name);
  const isOptional = !field.isRequired && field.requiredUnless === undefined;
  const Widget = WIDGETS[field.kind];
  return (
    <Controller
      control={control}
      name={`${path}.${field.name}`}
      render={({ field: input, fieldState: { error } }) => (
        <EuiFormRow
          fullWidth
          {...(field.kind === 'switch'
            ? { hasChildLabel: false }
            : { label: field.label, hasChildLabel: field.kind !== 'key_value' })}
          labelAppend={
            isReplacing ? (
              <EuiText size="xs">
                <KeepStoredLink onKeep={() => kept?.keep(field.name)} />
              </EuiText>
            ) : isOptional && field.kind !== 'switch' ? (
              <OptionalLabel />
            ) : undefined
          }
          {...helpOf((input.value ?? '') as FieldValue)}
          isInvalid={error !== undefined}
          error={error?.message}
        >
          <Widget
            field={field}
            value={(input.value ?? '') as FieldValue}
            onChange={input.onChange}
            onBlur={input.onBlur}
            inputRef={input.ref}
            isInvalid={error !== undefined}
            isDisabled={props.isDisabled === true || field.isDisabled}
          />
        </EuiFormRow>
      )}
    />
  );
}
