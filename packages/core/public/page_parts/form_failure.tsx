import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import type { Failure } from '../types.ts';

/**
 * Shows above the fields of a form that its request failed. Screen readers announce it immediately.
 */
export function FormFailure({ failure }: { readonly failure: Failure | undefined }) {
  return (
    <div role="alert">
      {failure !== undefined && (
        <>
          <EuiCallOut color="danger" iconType="error" size="s" title={failure.title}>
            <p>{failure.text}</p>
          </EuiCallOut>
          <EuiSpacer size="m" />
        </>
      )}
    </div>
  );
}
