import {
  EuiButton,
  EuiButtonEmpty,
  EuiCallOut,
  EuiFlexGroup,
  useGeneratedHtmlId,
} from '@elastic/eui';
import { type ReactElement, useEffect, useRef } from 'react';

/**
 * Shown when a save was refused because the object was changed meanwhile; the user decides what to
 * do. It takes the focus when it appears, because the button that saves may be far away.
 */
export function StaleVersionNotice(props: {
  readonly title: string;
  readonly text: string;
  readonly isSaving: boolean;
  /** Loads the current object and discards the input. */
  readonly load: { readonly label: string; readonly onClick: () => void };
  readonly overwrite: { readonly label: string; readonly onClick: () => void };
}): ReactElement {
  const { title, text, isSaving, load, overwrite } = props;
  const notice = useRef<HTMLElement>(null);
  useEffect(() => notice.current?.focus(), []);
  const textId = useGeneratedHtmlId();
  return (
    <section
      ref={notice}
      aria-label={title}
      aria-describedby={textId}
      tabIndex={-1}
      // This selector must be more specific than EUI's rule for a visible focus.
      css={{ '&&:focus': { outline: 'none' } }}
    >
      <EuiCallOut color="warning" iconType="warning" title={title}>
        <p id={textId}>{text}</p>
        <EuiFlexGroup gutterSize="s" alignItems="center" responsive={false} wrap>
          {/* The buttons keep the focus during the save. */}
          <EuiButton
            size="s"
            color="warning"
            hasAriaDisabled
            isDisabled={isSaving}
            onClick={load.onClick}
          >
            {load.label}
          </EuiButton>
          <EuiButtonEmpty
            size="s"
            color="warning"
            hasAriaDisabled
            isLoading={isSaving}
            onClick={overwrite.onClick}
          >
            {overwrite.label}
          </EuiButtonEmpty>
        </EuiFlexGroup>
      </EuiCallOut>
    </section>
  );
}
