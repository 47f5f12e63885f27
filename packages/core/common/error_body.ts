import { z } from 'zod';

/** Schema of the body of every response that is not a success, in Kibana's shape. */
export const errorBody = z.object({
  statusCode: z.int(),
  /** Name of the status. */
  error: z.string(),
  /** Cause of the failure, for users. */
  message: z.string(),
  /** Details for programs, for example `{ code }`. */
  attributes: z.record(z.string(), z.unknown()).optional(),
});

/** Body of every response that is not a success. `attributes` is absent if there are no details. */
export interface ErrorBody {
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
}
