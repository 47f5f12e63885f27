import { defineMessages, useCore } from '@latchkey/core/public';
import { useCallback, useState } from 'react';
import { useIntl } from 'react-intl';
import {
  type ConnectorFormState,
  type ConnectorInput,
  type FieldIssue,
  type FormValues,
  issueText,
} from '../connector_form/index.ts';
import { errorText } from '../error_text.ts';
import {
  checkConnector,
  hasNoResponse,
  isStale,
  issuesOf,
  type SavedConnector,
  type SaveTarget,
  saveConnector,
} from './save_connector.ts';

const messages = defineMessages({
  disconnectTitle: {
    id: 'connectorsUi.save.disconnectTitle',
    defaultMessage: 'Disconnect {count, plural, one {# user} other {# users}} and save?',
  },
  disconnectText: {
    id: 'connectorsUi.save.disconnectText',
    defaultMessage:
      'You changed the address or the OAuth app. {count, plural, one {The existing authorization ends} other {All existing authorizations end}}, and {count, plural, one {this user has} other {these users have}} to connect again.',
  },
  firstValues: {
    id: 'connectorsUi.save.firstValues',
    defaultMessage: '{name} was created, without your last changes',
  },
  firstValuesText: {
    id: 'connectorsUi.save.firstValuesText',
    defaultMessage:
      'The response to your first save was lost, and your roles do not allow you to change the connector after it. Ask an administrator to make the changes.',
  },
  disconnectConfirm: {
    id: 'connectorsUi.save.disconnectConfirm',
    defaultMessage: 'Disconnect and save',
  },
});

/** Values to save, and the connector. */
export interface Draft {
  readonly target: SaveTarget;
  readonly toInput: (values: FormValues) => ConnectorInput;
}

/** Saving of a connector form. */
export interface SaveState {
  /**
   * Checks and saves the form.
   * @param readDraft returns the draft to save; default: the draft of the form
   * @returns `undefined`: the form was not saved, and it shows why
   */
  readonly save: (readDraft?: () => Promise<Draft>) => Promise<SavedConnector | undefined>;
  readonly isSaving: boolean;
  /**
   * Number of saves that were refused because another user changed the connector after the form was
   * filled.
   */
  readonly staleSaves: number;
  /** Texts of problems that belong to no field. */
  readonly problems: readonly string[];
  /** `true`: the response to the last save was lost, so the connector may be saved. */
  readonly isUnknown: boolean;
}

/**
 * Saves a form in four steps: checks in the browser, a check by the server, a question if users
 * would be disconnected, and the save itself. Problems are shown at their fields.
 */
export function useSave(options: Draft & { readonly state: ConnectorFormState }): SaveState {
  const { state } = options;
  const { showIssues } = state;
  const { http, feedback } = useCore();
  const intl = useIntl();
  const [isSaving, setSaving] = useState(false);
  const [problems, setProblems] = useState<readonly string[]>([]);
  const [staleSaves, setStaleSaves] = useState(0);
  const [isUnknown, setUnknown] = useState(false);
  /** Inputs of the saves whose responses were lost. */
  const [lost] = useState<ConnectorInput[]>([]);

  const show = useCallback(
    (issues: readonly FieldIssue[]) =>
      setProblems(showIssues(issues).map((issue) => issueText(intl, issue))),
    [showIssues, intl],
  );
  const tellFirstValues = (name: string): void =>
    feedback.toast({
      color: 'warning',
      title: intl.formatMessage(messages.firstValues, { name }),
      text: intl.formatMessage(messages.firstValuesText),
    });
  const confirm = (count: number): Promise<boolean> =>
    feedback.confirm({
      color: 'danger',
      title: intl.formatMessage(messages.disconnectTitle, { count }),
      text: intl.formatMessage(messages.disconnectText, { count }),
      confirmLabel: intl.formatMessage(messages.disconnectConfirm),
    });
  const checkAndSave = async (
    { target, toInput }: Draft,
    values: FormValues,
  ): Promise<SavedConnector | undefined> => {
    const input = toInput(values);
    const checked = await checkConnector(http, target, input);
    if (checked.status === 'refused') {
      show(checked.issues);
      return undefined;
    }
    const { disconnectedUsers } = checked;
    if (disconnectedUsers > 0 && !(await confirm(disconnectedUsers))) return undefined;
    try {
      const { saved, keepsFirstValues } = await saveConnector(http, target, input);
      if (keepsFirstValues && lost.some((one) => !isSame(one, input))) tellFirstValues(saved.name);
      return saved;
    } catch (error) {
      if (!hasNoResponse(error)) throw error;
      lost.push(input);
      setUnknown(true);
      return undefined;
    }
  };
  const save: SaveState['save'] = async (readDraft = async () => options) => {
    let saved: SavedConnector | undefined;
    setProblems([]);
    setUnknown(false);
    setSaving(true);
    try {
      await state.submit(async (values) => {
        saved = await checkAndSave(await readDraft(), values);
      });
    } catch (error) {
      const issues = issuesOf(error);
      if (isStale(error, options.target)) setStaleSaves((count) => count + 1);
      else if (issues === undefined) setProblems([errorText(intl, error)]);
      else show(issues);
    } finally {
      setSaving(false);
    }
    return saved;
  };
  return { save, isSaving, staleSaves, problems, isUnknown };
}

/**
 * Returns `true` if two inputs are equal. Both have their members in the same order, so their JSON
 * can be compared.
 */
const isSame = (one: ConnectorInput, other: ConnectorInput): boolean =>
  JSON.stringify(one) === JSON.stringify(other);
