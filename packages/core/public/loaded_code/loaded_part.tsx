import { type ComponentType, createElement, type ReactNode, useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { defineMessages } from '../i18n/define_messages.ts';
import { ConfirmationDialog } from '../page_parts/confirmation_dialog.tsx';
import { LoadFailure } from '../page_parts/load_failure.tsx';
import { ComponentCode, useComponentCode } from './component_code.tsx';
import { isLoadFailure } from './load_failure.ts';

const messages = defineMessages({
  dialogTitle: {
    id: 'core.loadedPart.dialogTitle',
    defaultMessage: 'This dialog could not be loaded',
  },
  sectionTitle: {
    id: 'core.loadedPart.sectionTitle',
    defaultMessage: 'This part of the page could not be loaded',
  },
  text: {
    id: 'core.loadedPart.text',
    defaultMessage:
      'The server cannot be reached, or a new version has been installed. What you entered on the page is still there: save it, then reload the page to get the new version.',
  },
  retry: { id: 'core.loadedPart.retry', defaultMessage: 'Try again' },
});

/**
 * Returns a dialog or flyout whose code is loaded when it is first opened. If the code cannot be
 * loaded, a dialog says so, and the page behind it keeps what the user entered.
 */
export function loadedDialog<P extends { readonly onClose: () => void }>(
  read: () => Promise<ComponentType<P>>,
): ComponentType<P> {
  const code = new ComponentCode(read);
  return (props) => (
    <LoadedPart
      code={code}
      part={props}
      loading={null}
      notLoaded={(failure) => <DialogNotLoaded {...failure} onClose={props.onClose} />}
    />
  );
}

/**
 * Returns a part of a page whose code is loaded when it is first rendered. If the code cannot be
 * loaded, a notice in its place says so, and the rest of the page stays.
 * @param loading shown until the code is loaded
 */
export function loadedSection<P extends object>(
  read: () => Promise<ComponentType<P>>,
  loading: ReactNode = null,
): ComponentType<P> {
  const code = new ComponentCode(read);
  return (props) => (
    <LoadedPart
      code={code}
      part={props}
      loading={loading}
      notLoaded={(failure) => <SectionNotLoaded {...failure} />}
    />
  );
}

/** Failure to load the code of a part. */
interface PartFailure {
  readonly isRetrying: boolean;
  readonly onRetry: () => void;
}

/** @throws an error of the module itself, which was loaded but failed while it ran */
function LoadedPart<P extends object>(props: {
  readonly code: ComponentCode<P>;
  /** Properties of the component. */
  readonly part: P;
  readonly loading: ReactNode;
  readonly notLoaded: (failure: PartFailure) => ReactNode;
}): ReactNode {
  const { code, part, loading, notLoaded } = props;
  const snapshot = useComponentCode(code);
  const [isRetrying, setRetrying] = useState(false);
  if (snapshot.status === 'loaded') return createElement(snapshot.Component, part);
  if (snapshot.status === 'loading') return loading;
  if (!isLoadFailure(snapshot.error)) throw snapshot.error;
  const onRetry = () => {
    setRetrying(true);
    void code.retry().then(() => setRetrying(false));
  };
  return notLoaded({ isRetrying, onRetry });
}

function DialogNotLoaded(props: PartFailure & { readonly onClose: () => void }) {
  const { isRetrying, onRetry, onClose } = props;
  const { formatMessage } = useIntl();
  return (
    <ConfirmationDialog
      title={formatMessage(messages.dialogTitle)}
      action={{ label: formatMessage(messages.retry), run: onRetry }}
      isBusy={isRetrying}
      onClose={onClose}
    >
      <p>
        <FormattedMessage {...messages.text} />
      </p>
    </ConfirmationDialog>
  );
}

function SectionNotLoaded({ isRetrying, onRetry }: PartFailure) {
  const { formatMessage } = useIntl();
  return (
    <LoadFailure
      title={formatMessage(messages.sectionTitle)}
      text={formatMessage(messages.text)}
      isRetrying={isRetrying}
      onRetry={onRetry}
    />
  );
}
