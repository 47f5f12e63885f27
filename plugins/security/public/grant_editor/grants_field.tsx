import type { Control, FieldPath, FieldValues } from 'react-hook-form';
import { Controller } from 'react-hook-form';
import { type FeatureName, findProblems, type GrantDraft } from '../grants/index.ts';
import type { SpaceName } from '../types.ts';
import { GrantEditor } from './grant_editor.tsx';

/** Privileges as a field of a form. Their problems are shown after the first attempt to save. */
export function GrantsField<V extends FieldValues>(props: {
  /** Name of a field that contains drafts of privileges. */
  readonly name: FieldPath<V>;
  readonly control: Control<V>;
  readonly features: readonly FeatureName[];
  readonly spaces: readonly SpaceName[];
  readonly isReadOnly?: boolean;
}) {
  const { name, control, features, spaces, isReadOnly = false } = props;
  return (
    <Controller
      name={name}
      control={control}
      render={({ field: { value, onChange }, formState: { isSubmitted } }) => {
        const drafts: readonly GrantDraft[] = value;
        return (
          <GrantEditor
            drafts={drafts}
            features={features}
            spaces={spaces}
            problems={isSubmitted ? findProblems(drafts) : new Map()}
            isReadOnly={isReadOnly}
            onChange={onChange}
          />
        );
      }}
    />
  );
}
