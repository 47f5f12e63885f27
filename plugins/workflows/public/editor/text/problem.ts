import type { Diagnostic } from '@latchkey/workflow-language';

/** A problem of a text, found in the browser or by the server. */
export type Problem = Omit<Diagnostic, 'ruleId' | 'path' | 'replacement' | 'fault'> & {
  /** Rules of a newer server may be unknown here. */
  readonly ruleId: string;
  readonly path: readonly (string | number)[];
  readonly replacement?: string | undefined;
  /** The message without its words. Kinds of a newer server may be unknown here. */
  readonly fault?:
    | {
        readonly id: string;
        readonly values: Readonly<Record<string, string>>;
        readonly forms?: readonly string[] | undefined;
      }
    | undefined;
};
