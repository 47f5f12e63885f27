import { EuiFieldPassword, EuiFieldText, EuiFormRow } from '@elastic/eui';
import { type Control, Controller, type FieldPath, type FieldValues } from 'react-hook-form';
import { OptionalLabel } from './optional_label.tsx';

/** Field of a form for a text or a password, with its label and its error. */
export function TextField<V extends FieldValues>(props: {
  readonly name: FieldPath<V>;
  readonly control: Control<V>;
  readonly label: string;
  readonly helpText?: string;
  /** `true`: the label says that the field may be empty. */
  readonly isOptional?: boolean;
  /** Returns the text to show for the message of a validation error. */
  readonly errorText: (message: string) => string;
  /** Kind of the field. Default: `text`. `password`: the user can make the input visible. */
  readonly kind?: 'text' | 'password';
  readonly disabled?: boolean;
  readonly autoComplete?: string;
}) {
  const { name, control, label, helpText, errorText, kind = 'text' } = props;
  return (
    <Controller
      name={name}
      control={control}
      render={({ field: { ref, ...field }, fieldState: { error } }) => {
        const input = {
          ...field,
          inputRef: ref,
          fullWidth: true,
          isInvalid: error !== undefined,
          autoComplete: props.autoComplete ?? 'off',
          disabled: props.disabled ?? false,
        };
        return (
          <EuiFormRow
            fullWidth
            label={label}
            {...(props.isOptional === true ? { labelAppend: <OptionalLabel /> } : {})}
            {...(helpText === undefined ? {} : { helpText })}
            isInvalid={error !== undefined}
            error={error?.message === undefined ? [] : [errorText(error.message)]}
          >
            {kind === 'password' ? (
              <EuiFieldPassword {...input} type="dual" />
            ) : (
              <EuiFieldText {...input} />
            )}
          </EuiFormRow>
        );
      }}
    />
  );
}
