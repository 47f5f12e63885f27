import type { executeConnector } from '@latchkey/actions-plugin/common';
import type { ResponseBody } from '@latchkey/core/public';

type Body = ResponseBody<typeof executeConnector>;

/** Result of an action, in the terms of the test tab. */
export type TestResult =
  | {
      readonly status: 'succeeded';
      /** JSON for users. Empty: the action returned nothing. */
      readonly output: string;
      /** `true`: the output is longer and was cut. */
      readonly isCut: boolean;
    }
  | {
      readonly status: 'failed';
      /** Text of the server, for users. */
      readonly message: string;
      /**
       * Next step. `authorize`: this user must connect (again). `check`: the parameters or the
       * settings of the connector must be corrected. `wait`: it may pass by itself.
       */
      readonly next: 'authorize' | 'check' | 'wait';
      /** Instant from which a retry makes sense. */
      readonly retryAt: Date | undefined;
    };

/** Maximum number of characters that are shown. More text would make the page slow. */
const MAX_OUTPUT = 20_000;

/** Result of an execution. Failed executions have the status 200 too. */
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
    // The other message says only that the action failed.
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
