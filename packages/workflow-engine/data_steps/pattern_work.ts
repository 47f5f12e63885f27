import { dangerouslyMatchAuthorSchema, type JsonSchema } from '@latchkey/workflow-language';
import type { WorkerReply } from '../processes/serve_requests.ts';
import type { PatternRequest, PatternResult } from './pattern_matcher.ts';
import { searchTexts } from './search_texts.ts';

/** A value to compare with a schema. The patterns of the schema may never end. */
export interface SchemaRequest {
  readonly schema: JsonSchema;
  readonly value: unknown;
}

/** A part of a value that does not match its schema. */
export interface SchemaMismatch {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** A request to the process that runs patterns. */
export type PatternWork =
  | ({ readonly kind: 'match' } & PatternRequest)
  | ({ readonly kind: 'schema' } & SchemaRequest);

/** The result of a {@link PatternWork} of the same kind. */
export type PatternWorkResult =
  | { readonly kind: 'match'; readonly results: readonly PatternResult[] }
  | { readonly kind: 'schema'; readonly mismatches: readonly SchemaMismatch[] };

/** Works on a request. This may never end, so only the process for patterns may call it. */
export function workOnPattern(work: PatternWork): WorkerReply<PatternWorkResult> {
  if (work.kind === 'schema') {
    const issues = dangerouslyMatchAuthorSchema(work.schema, work.value);
    const mismatches = issues.map(({ path, message }) => ({ path: [...path], message }));
    return { kind: 'result', result: { kind: 'schema', mismatches } };
  }
  const reply = searchTexts(work);
  if (reply.kind !== 'result') return reply;
  return { kind: 'result', result: { kind: 'match', results: reply.result } };
}
