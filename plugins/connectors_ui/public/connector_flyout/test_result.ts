import type { executeConnector } from '@latchkey/actions-plugin/common';
import type { ResponseBody } from '@latchkey/core/public';

type Body = ResponseBody<typeof executeConnector>;

/** Result of an action in the form that the test tab shows. */
export type TestResult =
  | {
      readonly status: 'succeeded';
      /** Returned data as JSON. Empty: the action returned nothing. */
      readonly output: string;
      /** `true`: the output is longer and was cut. */
      readonly isCut: boolean;
    }
  | {
      readonly status: 'failed';
      /** Message of the server for users. */
      readonly message: string;
      /**
       * Next step. `authorize`: this user must connect (again). `check`: the parameters or the
       * settings of the connector must be corrected. `wait`: it may pass by itself.
       */
      readonly next: 'authorize' | 'check' | 'wait';
      /** Instant from which a retry is useful. `undefined`: not known. */
      readonly retryAt: Date | undefined;
    };

/** Maximum number of characters that are shown. Longer text would make the page slow. */
const MAX_OUTPUT = 20_000;

/** Converts the response to an execution. Failed executions also have the HTTP status 200. */
export function toTestResult(body: Body): TestResult {
  if (body.status === 'ok') {
    const output = body.data === undefined ? '' : JSON.stringify(body.data, undefined, 2);
    return {
      status: 'succeeded',
      output: output.slice(0, MAX_OUTPUT),
      isCut: output.length > MAX_OUTPUT,
    };
  }
  return {
    status: 'failed',
    // `message` only says that the action failed, so the message of the service is preferred.
    message: body.service_message ?? body.message ?? '',
    next: nextOf(body),
    retryAt: typeof body.retry === 'string' ? dateOf(body.retry) : undefined,
  };
}

function nextOf(body: Body): Extract<TestResult, { readonly status: 'failed' }>['next'] {
  if (body.authorization_reason !== undefined) return 'authorize';
  return body.retry === true || typeof body.retry === 'string' ? 'wait' : 'check';
}

function dateOf(text: string): Date | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
