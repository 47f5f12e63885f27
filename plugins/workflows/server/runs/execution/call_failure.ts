import type { ExecutionResult } from '@latchkey/actions-plugin/server';
import type { CallResult } from '@latchkey/workflow-engine';

type FailedCall = Extract<CallResult, { readonly kind: 'failed' }>;

/** Text of a result whose response was larger than the limit. */
const TOO_LARGE = /^maxContentLength size of (\d+) exceeded/;

/** A call that failed. */
export function failed(
  type: string,
  message: string,
  details?: Readonly<Record<string, unknown>>,
): FailedCall {
  return {
    kind: 'failed',
    error: { type, message, ...(details === undefined ? {} : { details }) },
  };
}

/**
 * The failure of a step whose execution failed. `details` has what the author can compare: the
 * response of a request, else the status and code of the service.
 */
export function failureOf(result: ExecutionResult): FailedCall {
  const { failedResponse, retry, message } = result;
  const text = result.serviceMessage ?? message ?? 'The connector could not be called.';
  const limitBytes = TOO_LARGE.exec(message ?? '')?.[1];
  if (limitBytes !== undefined) return tooLarge(Number(limitBytes), result);
  const details = failedResponse === undefined ? serviceDetails(result) : { ...failedResponse };
  return {
    ...failed('ConnectorExecutionError', text, details),
    ...(typeof retry === 'string' ? { retryAt: new Date(retry) } : {}),
  };
}

function tooLarge(limitBytes: number, { errorMeta = {} }: ExecutionResult): FailedCall {
  const { contentLengthBytes, estimatedOutputBytes } = errorMeta;
  const size = typeof contentLengthBytes === 'number' ? ` has ${contentLengthBytes} bytes,` : '';
  return failed(
    'StepSizeLimitExceeded',
    `The response${size} is larger than ${limitBytes} bytes. Set \`max-step-size\` to allow more, or ask the operator.`,
    {
      limitBytes,
      ...(contentLengthBytes === undefined ? {} : { contentLengthBytes }),
      ...(estimatedOutputBytes === undefined ? {} : { estimatedOutputBytes }),
    },
  );
}

/**
 * Returns the status, error code and request id of the response of a service. `undefined`: the
 * service did not respond, or the connector does not report them.
 */
function serviceDetails({
  errorMeta = {},
}: ExecutionResult): Readonly<Record<string, unknown>> | undefined {
  const { vendorStatus: status, vendorCode: code, requestId } = errorMeta;
  const known = Object.entries({ status, code, requestId }).filter(
    ([, value]) => value !== undefined,
  );
  return known.length === 0 ? undefined : Object.fromEntries(known);
}
