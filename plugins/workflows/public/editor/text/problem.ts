import type { Diagnostic } from '@latchkey/workflow-language';

/** A problem of a text, found in the browser or by the server. */
export type Problem = Omit<Diagnostic, 'ruleId' | 'path' | 'replacement'> & {
  /** Rules of a newer server may be unknown here. */
  readonly ruleId: string;
  readonly path: readonly (string | number)[];
  readonly replacement?: string | undefined;
};
