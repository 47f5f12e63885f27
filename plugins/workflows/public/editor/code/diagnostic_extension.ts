import { type Diagnostic as LintDiagnostic, setDiagnostics } from '@codemirror/lint';
import type { EditorState, TransactionSpec } from '@codemirror/state';
import type { Problem } from '../text/index.ts';
import { rangeOf } from './text_positions.ts';

/**
 * Transaction that marks problems in the text.
 * @param fixLabel label of the button that replaces the marked range by the suggested text
 */
export function markProblems(
  state: EditorState,
  problems: readonly Problem[],
  fixLabel: (replacement: string) => string,
): TransactionSpec {
  return setDiagnostics(
    state,
    problems.map((problem): LintDiagnostic => {
      const { severity, message, replacement } = problem;
      return {
        ...rangeOf(state.doc, problem),
        severity,
        message,
        ...(replacement === undefined || state.readOnly
          ? {}
          : {
              actions: [
                {
                  name: fixLabel(replacement),
                  apply: (view, from, to) =>
                    view.dispatch({ changes: { from, to, insert: replacement } }),
                },
              ],
            }),
      };
    }),
  );
}
