import { EuiCheckbox, useGeneratedHtmlId } from '@elastic/eui';
import { type Control, Controller, type FieldPath, type FieldValues } from 'react-hook-form';

/** Field of a form that is on or off. */
export function CheckboxField<V extends FieldValues>(props: {
  readonly name: FieldPath<V>;
  readonly control: Control<V>;
  readonly label: string;
}) {
  const { name, control, label } = props;
  const id = useGeneratedHtmlId();
  return (
    <Controller
      name={name}
      control={control}
      render={({ field: { value, onChange } }) => (
        <EuiCheckbox
          id={id}
          label={label}
          checked={value}
          onChange={({ target }) => onChange(target.checked)}
        />
      )}
    />
  );
}
