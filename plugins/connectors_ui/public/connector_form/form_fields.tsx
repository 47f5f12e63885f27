import { EuiAccordion, EuiFormRow, EuiSpacer, EuiText, useGeneratedHtmlId } from '@elastic/eui';
import { defineMessages } from '@latchkey/core/public';
import { OptionalLabel } from '@latchkey/core/public/page_parts';
import { type ReactElement, useState } from 'react';
import { Controller, get, useFormContext, useFormState, useWatch } from 'react-hook-form';
import { type MessageDescriptor, useIntl } from 'react-intl';
import { FieldWarning, useFieldWarnings } from './field_warnings.tsx';
import { type FormField, type FormSection, fieldParts, isCredential } from './form_field.ts';
import type { FieldValue } from './form_values.ts';
import { hasOuterSpace } from './outer_space.ts';
import { isShown, type ReadField } from './shown_fields.ts';
import { KeepStoredLink, StoredSecret } from './stored_secret.tsx';
import { WIDGETS } from './widgets.tsx';

const messages = defineMessages({
  outerSpace: {
    id: 'connectorsUi.field.outerSpace',
    defaultMessage:
      'This begins or ends with a space or a line break, which is saved as well. Remove it, unless it belongs to the value.',
  },
  foldedWarning: { id: 'connectorsUi.field.foldedWarning', defaultMessage: '{label}: {text}' },
});

/** Headings of the collapsed sections of a form. */
const sections: Readonly<Record<FormSection, MessageDescriptor>> = defineMessages({
  authorization_request: {
    id: 'connectorsUi.section.authorizationRequest',
    defaultMessage: 'Authorization request',
  },
  token_request: { id: 'connectorsUi.section.tokenRequest', defaultMessage: 'Token request' },
  token_response: { id: 'connectorsUi.section.tokenResponse', defaultMessage: 'Token response' },
  account: { id: 'connectorsUi.section.account', defaultMessage: 'Connected account' },
  revocation: { id: 'connectorsUi.section.revocation', defaultMessage: 'Revocation' },
  advanced: { id: 'connectorsUi.field.advanced', defaultMessage: 'Advanced settings' },
});

/** Stored credentials of a form, and functions with which the user replaces or keeps them. */
export interface KeptSecrets {
  /** Names of the credentials that stay as they are stored. */
  readonly names: readonly string[];
  /** Names of all stored credentials, including those that are being replaced. */
  readonly stored: readonly string[];
  readonly replace: (name: string) => void;
  readonly keep: (name: string) => void;
  /** Name of the credential that the user has just decided to keep. Its control gets the focus. */
  readonly justKept?: string | undefined;
}

/** Properties of the fields of one group. */
interface GroupProps {
  readonly fields: readonly FormField[];
  /** Path of the group in the form values. */
  readonly path: string;
  /**
   * Returns the path of a field on which fields of the group depend. Default: the field is in the
   * same group.
   */
  readonly pathOf?: (name: string) => string;
  readonly kept?: KeptSecrets;
  readonly isDisabled?: boolean;
}

/**
 * Fields of one group. Must be inside a `FormProvider`. Rarely used fields are in collapsed
 * sections. Fields that depend on others appear and disappear when the values of these change.
 */
export function FormFields(props: GroupProps): ReactElement {
  const read = useReader(props);
  const { main, sections: parts } = fieldParts(props.fields);
  const shown = (fields: readonly FormField[]) => fields.filter((field) => isShown(field, read));
  return (
    <>
      {shown(main).map((field) => (
        <Field key={field.name} {...props} field={field} />
      ))}
      {parts.map(({ id, fields }) =>
        shown(fields).length === 0 ? null : (
          <FoldedFields key={id} {...props} section={id} fields={shown(fields)} />
        ),
      )}
    </>
  );
}

/** Reads values on which fields depend. The caller is rendered again when one of them changes. */
function useReader({ fields, path, pathOf = (name) => `${path}.${name}` }: GroupProps): ReadField {
  const names = [...new Set(fields.flatMap(({ shownIf }) => shownIf?.field ?? []))];
  const values = useWatch({ name: names.map(pathOf) });
  return (name) => values[names.indexOf(name)];
}

/** Section with rarely used fields. It is collapsed unless one of its fields has a problem. */
function FoldedFields({
  section,
  ...group
}: GroupProps & { readonly section: FormSection }): ReactElement {
  const { fields, path } = group;
  const { formatMessage } = useIntl();
  const id = useGeneratedHtmlId();
  const { errors } = useFormState();
  const warningsOf = useFieldWarnings(path);
  const [isOpen, setOpen] = useState(false);
  const hasProblem = fields.some(({ name }) => get(errors, `${path}.${name}`) !== undefined);
  const foldedWarnings =
    isOpen || hasProblem ? [] : fields.filter(({ name }) => warningsOf(name).length > 0);
  return (
    <>
      <EuiSpacer size="m" />
      <EuiAccordion
        id={id}
        buttonContent={<EuiText size="s">{formatMessage(sections[section])}</EuiText>}
        paddingSize="s"
        onToggle={setOpen}
        {...(hasProblem ? { forceState: 'open' as const } : {})}
      >
        {fields.map((field) => (
          <Field key={field.name} {...group} field={field} />
        ))}
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
  const isOptional =
    !field.isRequired && field.requiredUnless === undefined && field.requiredIf === undefined;
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
