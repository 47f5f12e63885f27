import { EuiCallOut, EuiSpacer } from '@elastic/eui';
import type { Failure } from '../types.ts';

/** Failure of a request that a form sent, above its fields. Screen readers say it at once. */
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
