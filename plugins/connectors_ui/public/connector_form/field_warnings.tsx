import { EuiFlexGroup, EuiFlexItem, EuiIcon, EuiText } from '@elastic/eui';
import { createContext, type ReactElement, useContext } from 'react';
import { type ConnectorForm, chosenOption } from './form_field.ts';
import type { FormValues } from './form_values.ts';
import { isShown, readerOf } from './shown_fields.ts';
import type { FieldIssue } from './validate_values.ts';

/** Texts of warnings by the path of their field, for example `secrets.scope`. */
export type FieldWarnings = ReadonlyMap<string, readonly string[]>;

const NONE: FieldWarnings = new Map();
const Context = createContext<FieldWarnings>(NONE);

/** React context that gives warnings to the fields inside it. */
export const FieldWarningsProvider = Context.Provider;

/** Path of the warnings about the chosen way to authenticate. */
const AUTH_TYPE_PATH = 'secrets.authType';

/**
 * Warnings of the fields of one group.
 * @param group path of the group in the values of the form, for example `secrets.bearer`
 */
export function useFieldWarnings(group: string): (name: string) => readonly string[] {
  const warnings = useContext(Context);
  const part = group.split('.')[0] ?? group;
  return (name) => warnings.get(`${part}.${name}`) ?? [];
}

/**
 * Returns `true` if the form has the field of a warning, so that the warning can be shown there.
 * @param offered offered ways to authenticate; if there is only one, there is no card that could
 *   show a warning
 */
export function hasField(
  form: ConnectorForm,
  { values, offered }: { readonly values: FormValues; readonly offered: number },
  { path }: FieldIssue,
): boolean {
  const [group, name] = path.split('.');
  if (path === AUTH_TYPE_PATH) return offered > 1;
  if (group !== 'config' && group !== 'secrets') return false;
  const fields = group === 'config' ? form.config : chosenOption(form, values.authType).fields;
  const field = fields.find((one) => one.name === name);
  return field !== undefined && isShown(field, readerOf(form, values, group));
}

/** A warning at its field. It does not prevent saving. */
export function FieldWarning({ text }: { readonly text: string }): ReactElement {
  return (
    <EuiText size="xs" color="warning" component="span">
      <EuiFlexGroup component="span" gutterSize="xs" alignItems="flexStart" responsive={false}>
        <EuiFlexItem component="span" grow={false}>
          <EuiIcon type="warning" size="s" aria-hidden />
        </EuiFlexItem>
        <EuiFlexItem component="span">{text}</EuiFlexItem>
      </EuiFlexGroup>
    </EuiText>
  );
}
