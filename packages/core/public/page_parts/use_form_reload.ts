import { useState } from 'react';
import type { Failure } from '../types.ts';
import { useCore } from '../use_core.ts';

/**
 * Loads a list again when the user discards the input of a form, because another user has changed
 * the object. A toast says if that fails, and the input is kept.
 */
export function useFormReload(options: {
  /** Loads the list again. */
  readonly refetch: () => Promise<{ readonly error: unknown }>;
  readonly failureOf: (error: unknown) => Failure;
}): {
  /** Part of the key of the form, so that a reload creates the form again. */
  readonly formKey: number;
  readonly onReload: () => void;
} {
  const { refetch, failureOf } = options;
  const { feedback } = useCore();
  const [formKey, setFormKey] = useState(0);
  const reload = async () => {
    const { error } = await refetch();
    if (error === null) setFormKey((before) => before + 1);
    else feedback.toast({ ...failureOf(error), color: 'danger' });
  };
  return { formKey, onReload: () => void reload() };
}
