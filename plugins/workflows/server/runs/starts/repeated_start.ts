import { createHash } from 'node:crypto';
import type { TestedStep } from '@latchkey/workflow-engine';

/** A request to start a run with an idempotency key. */
export interface StartRequest {
  readonly idempotencyKey: string;
  readonly spaceId: string;
  readonly profileUid: string;
  /** Id of the API key of the request. `null`: no API key was used. */
  readonly apiKeyId: string | null;
  /** Id of a stored workflow, or YAML that is not stored. */
  readonly source:
    | { readonly workflowId: string }
    | { readonly testedWorkflowId: string }
    | { readonly yaml: string };
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly isDryRun?: boolean | undefined;
  /** The only step to execute. Absent: all steps are executed. */
  readonly tested?: TestedStep | undefined;
  /** Payload of the trigger. Absent: the caller gave none. */
  readonly event?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Id of the run that a request with an idempotency key starts. A repeated request gives the same
 * id, and the store creates only one document with it, even if both requests arrive at different
 * processes at the same time. Another user, workflow or content gives another id.
 */
export function idOfStart(request: StartRequest): string {
  const { idempotencyKey, spaceId, profileUid, apiKeyId, source } = request;
  const { inputs, metadata = null, isDryRun = false, tested, event } = request;
  const content = [idempotencyKey, spaceId, profileUid, apiKeyId, source, isDryRun];
  // Absent members are left out, so that requests without them keep their ids.
  const more = [tested, event].filter((each) => each !== undefined);
  const values = [inputs, metadata, ...more].map(sorted);
  const text = JSON.stringify([...content, ...values]);
  return `once-${createHash('sha256').update(text).digest('hex')}`;
}

/** Copy of the value in which the members of objects are sorted by name. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  // Members are returned as an array, because JavaScript objects have their own order for names
  // such as `1`.
  return members.sort(([one], [other]) => (one < other ? -1 : 1));
}
