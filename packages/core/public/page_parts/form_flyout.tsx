import {
  EuiButton,
  EuiButtonEmpty,
  EuiFlexGroup,
  EuiFlexItem,
  EuiFlyout,
  EuiFlyoutBody,
  EuiFlyoutFooter,
  EuiFlyoutHeader,
  EuiForm,
  EuiTitle,
  useGeneratedHtmlId,
} from '@elastic/eui';
import type { FormEvent, ReactNode } from 'react';
import { FormattedMessage } from 'react-intl';
import type { Failure } from '../types.ts';
import { FLYOUT_SIZE } from './flyout_size.ts';
import { FormFailure } from './form_failure.tsx';

/** Flyout with a form, a failure above it, and buttons below it. */
export function FormFlyout(props: {
  readonly title: string;
  readonly submitLabel: string;
  /** `true`: nothing can be saved. */
  readonly isReadOnly?: boolean;
  readonly isSaving: boolean;
  /** Failure of the last attempt to save. `undefined`: it succeeded, or there was no attempt. */
  readonly failure: Failure | undefined;
  readonly onSubmit: (event: FormEvent) => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const { title, submitLabel, isReadOnly = false, isSaving, onSubmit, onClose } = props;
  const titleId = useGeneratedHtmlId();
  const formId = useGeneratedHtmlId();
  return (
    <EuiFlyout ownFocus {...FLYOUT_SIZE} aria-labelledby={titleId} onClose={onClose}>
      <EuiFlyoutHeader hasBorder>
        <EuiTitle size="s">
          <h2 id={titleId}>{title}</h2>
        </EuiTitle>
      </EuiFlyoutHeader>
      <EuiFlyoutBody>
        <FormFailure failure={props.failure} />
        <EuiForm fullWidth id={formId} component="form" noValidate onSubmit={onSubmit}>
          {props.children}
        </EuiForm>
      </EuiFlyoutBody>
      <EuiFlyoutFooter>
        <EuiFlexGroup justifyContent="spaceBetween" responsive={false}>
          <EuiFlexItem grow={false}>
            <EuiButtonEmpty flush="left" onClick={onClose}>
              {isReadOnly ? (
                <FormattedMessage id="core.flyout.close" defaultMessage="Close" />
              ) : (
                <FormattedMessage id="core.flyout.cancel" defaultMessage="Cancel" />
              )}
            </EuiButtonEmpty>
          </EuiFlexItem>
          {!isReadOnly && (
            <EuiFlexItem grow={false}>
              <EuiButton fill type="submit" form={formId} isLoading={isSaving}>
                {submitLabel}
              </EuiButton>
            </EuiFlexItem>
          )}
        </EuiFlexGroup>
      </EuiFlyoutFooter>
    </EuiFlyout>
  );
}
