import { EuiCallOut, EuiSpacer } from '@elastic/eui';

/** Cause and text of a failed request of a form. */
export interface Failure {
  readonly title: string;
  /** For the user: the cause, and the next step. */
  readonly text: string;
}

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
