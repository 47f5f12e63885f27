import { useState } from 'react';
import type { Failure } from '../types.ts';
import { useCore } from '../use_core.ts';

/**
 * Loads an object again when the user discards the input of its form, because another user has
 * changed the object. A toast says if that fails, and the input is kept.
 */
export function useFormReload(options: {
  /** Loads the object, or the list that contains it. Rejects when that fails. */
  readonly load: () => Promise<unknown>;
  readonly failureOf: (error: unknown) => Failure;
}): {
  /** Part of the key of the form, so that a reload creates the form again. */
  readonly formKey: number;
  readonly onReload: () => void;
} {
  const { load, failureOf } = options;
  const { feedback } = useCore();
  const [formKey, setFormKey] = useState(0);
  const reload = async () => {
    try {
      await load();
    } catch (error) {
      feedback.toast({ ...failureOf(error), color: 'danger' });
      return;
    }
    setFormKey((before) => before + 1);
  };
  return { formKey, onReload: () => void reload() };
}
