import { type ConnectorSpec, TEST_CONNECTOR_SUB_ACTION } from '@latchkey/connector-specs';
import { type ZodType, z } from 'zod';
import type { ConnectorTypeDeps, ConnectorTypeValidators } from './connector_type.ts';
import { ConnectorTypeError } from './connector_type_error.ts';
import { explainIssues } from './explain_issues.ts';

/** Options of one execution, beside the input of its action. */
export const fetchOptions = z.strictObject({ max_content_length: z.int().positive() });

const envelope = z.strictObject({
  subAction: z.string().min(1).max(64),
  subActionParams: z.unknown().optional(),
  fetchOptions: fetchOptions.optional(),
});

const inputsOf = (spec: ConnectorSpec): ReadonlyMap<string, ZodType> =>
  new Map<string, ZodType>([
    ...Object.entries(spec.actions).map(([name, action]): [string, ZodType] => [
      name,
      action.input,
    ]),
    ...(spec.test.enabled
      ? [[TEST_CONNECTOR_SUB_ACTION, z.strictObject({})] satisfies [string, ZodType]]
      : []),
  ]);

const sizeOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(value), 'utf8');

/**
 * Converts params without `subAction` to a call of the default action, with the params as its
 * input.
 */
const withEnvelope = (params: unknown, defaultAction: string | undefined): unknown => {
  if (defaultAction === undefined || typeof params !== 'object' || params === null) return params;
  return 'subAction' in params ? params : { subAction: defaultAction, subActionParams: params };
};

/** Builds the params validator of a type. */
export const buildParamsValidator = (
  spec: ConnectorSpec,
  deps: Pick<ConnectorTypeDeps, 'maxPayloadBytes'>,
): ConnectorTypeValidators['params'] => {
  const inputs = inputsOf(spec);
  const { id } = spec.metadata;
  const parse = <T>(schema: ZodType<T>, value: unknown, where: string): T => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const why = explainIssues(parsed.error.issues, { nameUnknownKeys: true });
    throw new ConnectorTypeError('invalid_params', id, `invalid ${where}: ${why}`);
  };
  return (params) => {
    const call = parse(envelope, withEnvelope(params, spec.defaultAction), 'params');
    const { subAction, subActionParams } = call;
    const input = inputs.get(subAction);
    if (input === undefined) {
      const known = [...inputs.keys()].join(', ');
      throw new ConnectorTypeError(
        'invalid_params',
        id,
        `invalid params: [subAction]: expected one of: ${known}`,
      );
    }
    const maxContentLength = call.fetchOptions?.max_content_length;
    if (
      sizeOf(subActionParams) > deps.maxPayloadBytes ||
      (maxContentLength ?? 0) > deps.maxPayloadBytes
    ) {
      throw new ConnectorTypeError(
        'params_too_large',
        id,
        `params exceed xpack.actions.maxPayloadSize (${deps.maxPayloadBytes} bytes)`,
      );
    }
    const hasEnvelope = params !== null && typeof params === 'object' && 'subAction' in params;
    return {
      subAction,
      subActionParams: parse(
        input,
        subActionParams ?? {},
        hasEnvelope ? 'subActionParams' : 'params',
      ),
      fetchOptions: maxContentLength === undefined ? undefined : { maxContentLength },
    };
  };
};
