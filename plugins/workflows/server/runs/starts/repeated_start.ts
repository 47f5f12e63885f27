import { createHash } from 'node:crypto';

/** A request to start a run. */
export interface StartRequest {
  readonly idempotencyKey: string;
  readonly spaceId: string;
  readonly profileUid: string;
  /** `null`: no API key was used. */
  readonly apiKeyId: string | null;
  /** Id of a stored workflow, or YAML. */
  readonly source: { readonly workflowId: string } | { readonly yaml: string };
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
  readonly isDryRun?: boolean | undefined;
}

/**
 * Id of the run that a request with an idempotency key starts. A repeated request has the same id,
 * and the store creates one document with it: also when both arrive at different processes at the
 * same time. Another user, workflow or content has another id.
 */
export function idOfStart(request: StartRequest): string {
  const { idempotencyKey, spaceId, profileUid, apiKeyId, source } = request;
  const { inputs, metadata = null, isDryRun = false } = request;
  const content = [idempotencyKey, spaceId, profileUid, apiKeyId, source, isDryRun];
  const text = JSON.stringify([...content, sorted(inputs), sorted(metadata)]);
  return `once-${createHash('sha256').update(text).digest('hex')}`;
}

/** The value with the members of its objects in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  // An array: names such as `1` have an order of their own in objects.
  return members.sort(([one], [other]) => (one < other ? -1 : 1));
}
