import {
  createConnector,
  formIssue,
  getConnector,
  updateConnector,
  validateConnector,
} from '@latchkey/actions-plugin/common';
import {
  type HttpClient,
  HttpClientError,
  hasErrorCode,
  isStaleVersion,
  type ResponseBody,
} from '@latchkey/core/public';
import { z } from 'zod';
import type { ConnectorInput, FieldIssue } from '../connector_form/index.ts';

/** Result of a check before saving. */
export type CheckResult =
  | { readonly status: 'refused'; readonly issues: readonly FieldIssue[] }
  | {
      readonly status: 'accepted';
      /** Number of users who would have to connect again. */
      readonly disconnectedUsers: number;
    };

/** A saved connector. */
export type SavedConnector =
  | ResponseBody<typeof createConnector>
  | ResponseBody<typeof updateConnector>;

/** The connector to save: an existing one, or a new one of a type. */
export type SaveTarget =
  | {
      readonly id: string;
      /**
       * Version that the user edits. The save is refused if another version is stored. Absent: any
       * version is replaced.
       */
      readonly version?: string | undefined;
    }
  | NewConnector;

/** A connector to create. */
interface NewConnector {
  readonly connector_type_id: string;
  /**
   * Id of the new connector. The form chooses it, so that a repeated request creates no second
   * connector.
   */
  readonly newId: string;
}

/**
 * Requests what saving a form would do, without saving it.
 * @throws HttpClientError
 */
export function requestValidation(
  http: HttpClient,
  target: SaveTarget,
  { input, signal }: { readonly input: ConnectorInput; readonly signal?: AbortSignal },
): Promise<ResponseBody<typeof validateConnector>> {
  // The check does not need the id of a new connector.
  const of = 'id' in target ? target : { connector_type_id: target.connector_type_id };
  return http.call(validateConnector, {
    body: { ...of, ...input },
    ...(signal === undefined ? {} : { signal }),
  });
}

/**
 * Checks a form in the same way as a save, but without saving.
 * @throws HttpClientError
 */
export async function checkConnector(
  http: HttpClient,
  target: SaveTarget,
  input: ConnectorInput,
): Promise<CheckResult> {
  const { issues, disconnects_users: users = 0 } = await requestValidation(http, target, { input });
  if (issues.length > 0) return { status: 'refused', issues };
  return { status: 'accepted', disconnectedUsers: users };
}

/** Result of {@link saveConnector}. */
export interface SaveResult {
  readonly saved: SavedConnector;
  /**
   * `true`: an earlier request of the form has created the connector, and its values stay because
   * the user may not change it.
   */
  readonly keepsFirstValues: boolean;
}

/**
 * Saves a form.
 * @throws HttpClientError
 */
export async function saveConnector(
  http: HttpClient,
  target: SaveTarget,
  input: ConnectorInput,
): Promise<SaveResult> {
  if (!('id' in target)) return createOnce(http, target, input);
  const saved = await http.call(updateConnector, {
    params: { id: target.id },
    body: { ...input, version: target.version },
  });
  return { saved, keepsFirstValues: false };
}

/**
 * Creates a connector. If an earlier request of the form has created it and the response was lost,
 * updates it to the current values of the form; without the privilege to do so, it keeps the values
 * of the earlier request.
 */
async function createOnce(
  http: HttpClient,
  { newId: id, connector_type_id }: NewConnector,
  input: ConnectorInput,
): Promise<SaveResult> {
  try {
    const saved = await http.call(createConnector, {
      params: { id },
      body: { connector_type_id, ...input },
    });
    return { saved, keepsFirstValues: false };
  } catch (error) {
    if (!isTaken(error)) throw error;
    return await updateCreated(http, id, input);
  }
}

/** Updates the connector that an earlier request of the form created. */
async function updateCreated(
  http: HttpClient,
  id: string,
  input: ConnectorInput,
): Promise<SaveResult> {
  const params = { id };
  try {
    const saved = await http.call(updateConnector, { params, body: input });
    return { saved, keepsFirstValues: false };
  } catch (error) {
    if (!(error instanceof HttpClientError) || error.status !== 403) throw error;
    // The user may create connectors, but not update them.
    return { saved: await http.call(getConnector, { params }), keepsFirstValues: true };
  }
}

/** Returns `true` if the response to a save was lost. The connector may then have been saved. */
export const hasNoResponse = (error: unknown): boolean =>
  error instanceof HttpClientError && error.isResponseLost;

/** Returns `true` if the id exists. Only an earlier request of this form can have used it. */
const isTaken = (error: unknown): boolean => hasErrorCode(error, 'id_taken');

/**
 * Returns `true` if a save was refused because the connector was changed or deleted since the user
 * opened it.
 */
export const isStale = (error: unknown, target: SaveTarget): boolean =>
  // `conflict`: it was changed during the save.
  'id' in target && (isStaleVersion(error) || hasErrorCode(error, 'conflict'));

const refusal = z.object({ issues: z.array(formIssue) });

/**
 * Problems of fields in the response to a refused save. They can occur although the check before
 * found none, if another request has changed the connector in between.
 * @returns `undefined`: the error names no fields
 */
export function issuesOf(error: unknown): readonly FieldIssue[] | undefined {
  if (!(error instanceof HttpClientError) || error.status !== 400) return undefined;
  return refusal.safeParse(error.body?.attributes).data?.issues;
}
