import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { useCore } from '../use_core.ts';
import { useSingleMutation } from './use_single_mutation.ts';

/** How a form is saved. */
export interface FormSaveOptions {
  /** Must be called after a save, before the flyout closes. */
  readonly onSaved: () => void;
  /** `true`: replaces even a version that another user has saved. */
  readonly overwrites: boolean;
}

/**
 * Saves a form in a flyout. After a success the lists load again, a toast says what was saved, and
 * the flyout closes.
 */
export function useFormSave<Values>(options: {
  readonly save: (values: Values, options: Pick<FormSaveOptions, 'overwrites'>) => Promise<unknown>;
  /** Title of the toast. */
  readonly savedText: (values: Values) => string;
  /** Key of the queries whose data a save changes. */
  readonly queryKey: QueryKey;
  readonly onClose: () => void;
}): {
  /** Failure of the last attempt. `null`: it has not failed. */
  readonly error: unknown;
  readonly isSaving: boolean;
  readonly onSubmit: (values: Values, options: FormSaveOptions) => void;
} {
  const { save, savedText, queryKey, onClose } = options;
  const { feedback } = useCore();
  const queryClient = useQueryClient();
  const { mutate, error, isPending } = useSingleMutation({
    mutationFn: ({ values, overwrites }: { values: Values; overwrites: boolean }) =>
      save(values, { overwrites }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey }),
  });
  return {
    error,
    isSaving: isPending,
    onSubmit: (values, { onSaved, overwrites }) =>
      mutate(
        { values, overwrites },
        {
          onSuccess: () => {
            feedback.toast({ title: savedText(values), color: 'success' });
            onSaved();
            onClose();
          },
        },
      ),
  };
}
