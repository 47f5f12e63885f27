import { defineMessages, useCore } from '@latchkey/core/public';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useWatch } from 'react-hook-form';
import { useIntl } from 'react-intl';
import {
  type ConnectorFormState,
  type ConnectorInput,
  type FieldIssue,
  type FormValues,
  type RequestedPermission,
  warningText,
} from '../connector_form/index.ts';
import { requestValidation, type SaveTarget } from './save_connector.ts';

const messages = defineMessages({
  announced: {
    id: 'connectorsUi.warning.announced',
    defaultMessage: '{count, plural, one {# warning} other {# warnings}}: {texts}',
  },
});

/** Results of the server's check of a form that is being edited. */
export interface FormCheck {
  readonly warnings: readonly FieldIssue[];
  /**
   * Redirect URI to register at the provider. `undefined`: not known, or the connector has none.
   */
  readonly callbackUrl: string | undefined;
  /** Permissions that users have to grant. `undefined`: not known, or there are none. */
  readonly permissions: readonly RequestedPermission[] | undefined;
  /** Checks the form again if its values have changed. Call it when a field loses the focus. */
  readonly refresh: () => void;
}

const NONE: readonly FieldIssue[] = [];

/**
 * Checks a form on the server while the user edits it: when the form opens, when another way to
 * authenticate or other enabled actions are chosen, and when a field loses the focus. Announces new
 * warnings to screen readers. Problems of fields are only shown when the user saves. A failed check
 * shows nothing.
 */
export function useFormCheck(options: {
  readonly state: ConnectorFormState;
  readonly target: SaveTarget;
  readonly toInput: (values: FormValues) => ConnectorInput;
  /** `false`: the form cannot be saved. */
  readonly isEnabled?: boolean;
}): FormCheck {
  const { state, target, toInput, isEnabled = true } = options;
  const { http } = useCore();
  const { control, getValues } = state.methods;
  const authType = useWatch({ control, name: 'authType' });
  const enabledActions = useWatch({ control, name: 'enabledActions' });
  const id = useId();
  // The key of the query contains only a version number, because the values may be credentials.
  const [version, setVersion] = useState(0);
  const readInput = () => toInput(getValues());
  const checked = useRef<string | undefined>(undefined);
  const refresh = () => {
    const input = JSON.stringify(readInput());
    if (checked.current === input) return;
    const isFirst = checked.current === undefined;
    checked.current = input;
    if (!isFirst) setVersion((current) => current + 1);
  };
  const latest = useRef(refresh);
  useEffect(() => {
    latest.current = refresh;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: also after another choice
  useEffect(() => latest.current(), [authType, enabledActions]);
  const { data } = useQuery({
    queryKey: ['connectorsUi', 'formCheck', id, version],
    queryFn: ({ signal }) => requestValidation(http, target, { input: readInput(), signal }),
    enabled: isEnabled,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const warnings = data?.warnings ?? NONE;
  useAnnouncement(warnings);
  return {
    warnings,
    callbackUrl: data?.callback_url,
    permissions: data?.requested_scopes,
    refresh: useCallback(() => latest.current(), []),
  };
}

/** Announces new warnings to screen readers. */
function useAnnouncement(warnings: readonly FieldIssue[]): void {
  const { feedback } = useCore();
  const intl = useIntl();
  const text = useMemo(() => {
    if (warnings.length === 0) return undefined;
    const texts = warnings.map((warning) => warningText(intl, warning)).join(' ');
    return intl.formatMessage(messages.announced, { count: warnings.length, texts });
  }, [intl, warnings]);
  useEffect(() => {
    if (text !== undefined) feedback.announce(text);
  }, [feedback, text]);
}
