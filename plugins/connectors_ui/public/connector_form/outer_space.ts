import { type FormField, isCredential } from './form_field.ts';
import type { FieldValue } from './form_values.ts';

/**
 * Returns `true` if a credential begins or ends with a space or a line break, which happens when
 * too much was copied. Other texts are trimmed. A credential is not, because the spaces may be part
 * of it.
 */
export function hasOuterSpace(field: FormField, value: FieldValue): boolean {
  if (!isCredential(field) || typeof value === 'boolean') return false;
  const texts = typeof value === 'string' ? [value] : value.map((row) => row.value);
  return texts.some((text) => text !== text.trim());
}
