import type { Diagnostic } from '@latchkey/workflow-language';

/** A problem of a text, found in the browser or by the server. */
export type Problem = Omit<Diagnostic, 'ruleId' | 'path' | 'replacement' | 'fault'> & {
  /**
   * Id of the rule that found the problem. A newer server may have rules that this page does not
   * know.
   */
  readonly ruleId: string;
  readonly path: readonly (string | number)[];
  readonly replacement?: string | undefined;
  /**
   * Kind and values of the fault, from which the message is translated. A newer server may have
   * kinds that this page does not know.
   */
  readonly fault?:
    | {
        readonly id: string;
        readonly values: Readonly<Record<string, string>>;
        readonly forms?: readonly string[] | undefined;
      }
    | undefined;
};
