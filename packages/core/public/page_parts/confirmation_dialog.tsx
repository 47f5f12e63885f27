import {
  EuiButton,
  EuiButtonEmpty,
  EuiForm,
  EuiModal,
  EuiModalBody,
  EuiModalFooter,
  EuiModalHeader,
  EuiModalHeaderTitle,
  EuiText,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { type FormEvent, type ReactNode, useEffect, useLayoutEffect, useState } from 'react';
import { useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import type { Failure } from '../types.ts';
import { FormFailure } from './form_failure.tsx';

const messages = defineMessages({
  cancel: { id: 'core.dialog.cancel', defaultMessage: 'Cancel' },
  close: { id: 'core.dialog.close', defaultMessage: 'Close' },
  slow: {
    id: 'core.dialog.slow',
    defaultMessage:
      'The server is still working. You can close this dialog: it does not stop the action, and a message tells you the result.',
  },
});

/** Milliseconds after which a dialog can be closed although its action is still running. */
export const SLOW_ACTION_MS = 3_000;
/** Width of dialogs in pixels. It is fixed, because the text of a dialog may arrive later. */
const WIDTH = 520;
/**
 * Style on phones, where EUI fills the window: the dialog is at the bottom, as high as its text.
 */
const SHEET = {
  inlineSize: WIDTH,
  '@media (max-width: 767px)': {
    '&&': { inlineSize: '100%', insetBlockStart: 'auto', maxBlockSize: '100dvh' },
  },
};

/** Action that a dialog runs when the user confirms. */
export interface ConfirmationAction {
  /** Verb and object, for example `Delete role`. */
  readonly label: string;
  /** `danger`: the action deletes or ends something. Default: `primary`. */
  readonly color?: 'primary' | 'danger' | undefined;
  /** `true`: the user must enter something first, or data is still loading. */
  readonly isDisabled?: boolean;
  readonly run: () => void;
}

/** Properties of {@link ConfirmationDialog}. */
export interface ConfirmationDialogProps {
  /** Title of the dialog. Names in it are in `<bdi>`. */
  readonly title: ReactNode;
  /** Text about the consequences, and the fields of a form if there are some. */
  readonly children?: ReactNode;
  /**
   * Action of the dialog. `undefined`: nothing is left to confirm, and the dialog can only be
   * closed.
   */
  readonly action: ConfirmationAction | undefined;
  /**
   * Label of the button that closes the dialog. Default: "Cancel", or "Close" without an action.
   */
  readonly cancelLabel?: string;
  /**
   * `true`: the action is running. The dialog stays open until it has ended, or until the user
   * closes the dialog after {@link SLOW_ACTION_MS}. Then the caller shows the result elsewhere.
   */
  readonly isBusy?: boolean;
  /** Failure of the last attempt, shown inside of the dialog. */
  readonly failure?: Failure | undefined;
  /**
   * Element that first has the focus. Default: the action button, or the cancel button when the
   * action is dangerous.
   */
  readonly initialFocus?: 'action' | 'cancel' | { readonly field: string };
  readonly onClose: () => void;
}

/** Question before an action, with its progress and its failure. Enter in a field confirms. */
export function ConfirmationDialog(props: ConfirmationDialogProps) {
  const { title, children, action, isBusy = false, failure } = props;
  const { initialFocus = action?.color === 'danger' ? 'cancel' : 'action' } = props;
  const { formatMessage } = useIntl();
  const titleId = useGeneratedHtmlId();
  const bodyId = useGeneratedHtmlId();
  const formId = useGeneratedHtmlId();
  const cancelId = useGeneratedHtmlId();
  const actionId = useGeneratedHtmlId();
  const isSlow = useIsSlow(isBusy);
  const isLocked = isBusy && !isSlow;
  const close = () => {
    if (!isLocked) props.onClose();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy && action?.isDisabled !== true) action?.run();
  };
  const firstButton =
    initialFocus === 'cancel' || action === undefined || action.isDisabled === true
      ? cancelId
      : actionId;
  const firstFocus =
    typeof initialFocus === 'object' ? `[name="${initialFocus.field}"]` : `[id="${firstButton}"]`;
  const closes = action === undefined || isSlow;
  const cancelLabel =
    (isSlow ? undefined : props.cancelLabel) ??
    formatMessage(closes ? messages.close : messages.cancel);
  return (
    <EuiModal
      role="alertdialog"
      aria-labelledby={titleId}
      aria-describedby={bodyId}
      aria-busy={isBusy}
      maxWidth={WIDTH}
      initialFocus={firstFocus}
      onClose={close}
      // The style is always set: if it were added and removed, the dialog would be mounted again
      // without its focus.
      css={[SHEET, isLocked && { '.euiModal__closeIcon': { display: 'none' } }]}
    >
      <EuiModalHeader>
        <EuiModalHeaderTitle id={titleId} size="s" css={{ overflowWrap: 'anywhere' }}>
          {title}
        </EuiModalHeaderTitle>
      </EuiModalHeader>
      <EuiModalBody>
        <FormFailure failure={failure} />
        <EuiForm fullWidth id={formId} component="form" noValidate onSubmit={submit}>
          <DialogText id={bodyId}>
            {typeof children === 'string' ? <p>{children}</p> : children}
          </DialogText>
        </EuiForm>
        <EuiText size="s" color="subdued" role="status" css={{ '> p': { marginBlockStart: 16 } }}>
          {isSlow && <p>{formatMessage(messages.slow)}</p>}
        </EuiText>
      </EuiModalBody>
      {/* A long label gets a line of its own, because a narrower button would cut it off. */}
      <EuiModalFooter css={{ flexWrap: 'wrap', '&& > button': { minInlineSize: 'max-content' } }}>
        {action === undefined ? (
          <EuiButton fill id={cancelId} onClick={close}>
            {cancelLabel}
          </EuiButton>
        ) : (
          <>
            <EuiButtonEmpty id={cancelId} isDisabled={isLocked} onClick={close}>
              {cancelLabel}
            </EuiButtonEmpty>
            <EuiButton
              fill
              // A button that is only marked as disabled keeps the focus while the action runs.
              hasAriaDisabled={isBusy}
              type="submit"
              form={formId}
              color={action.color ?? 'primary'}
              id={actionId}
              isLoading={isBusy}
              isDisabled={action.isDisabled === true}
            >
              {action.label}
            </EuiButton>
          </>
        )}
      </EuiModalFooter>
    </EuiModal>
  );
}

/**
 * Text of the dialog. It can get the focus when it does not fit, so that the keyboard can scroll
 * it.
 */
function DialogText({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const [isScrollable, setScrollable] = useState(false);
  useLayoutEffect(() => {
    const text = document.getElementById(id);
    const region = text?.closest('.euiModalBody__overflow');
    if (!text || !region) return undefined;
    const measure = () => setScrollable(region.scrollHeight > region.clientHeight);
    measure();
    // Both elements can change their size without a render: the region with the window, the text
    // with its content.
    const observer = new ResizeObserver(measure);
    observer.observe(region);
    observer.observe(text);
    return () => observer.disconnect();
  }, [id]);
  return (
    <EuiText
      id={id}
      size="s"
      component="div"
      css={{ overflowWrap: 'anywhere' }}
      {...(isScrollable ? { tabIndex: 0 } : {})}
    >
      {children}
    </EuiText>
  );
}

/** Returns `true` when the action has run for longer than {@link SLOW_ACTION_MS}. */
function useIsSlow(isBusy: boolean): boolean {
  const [isSlow, setSlow] = useState(false);
  useEffect(() => {
    if (!isBusy) return undefined;
    const timer = setTimeout(() => setSlow(true), SLOW_ACTION_MS);
    return () => {
      clearTimeout(timer);
      setSlow(false);
    };
  }, [isBusy]);
  return isBusy && isSlow;
}
