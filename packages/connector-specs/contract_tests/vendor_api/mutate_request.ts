import { isRecord } from '@latchkey/oauth-providers';
import type { SentRequest } from './check_request.ts';
import type { OperationFacts, VendorFacts } from './facts.ts';

/** A request with a mistake that a check must find. */
export interface MutatedRequest extends SentRequest {
  readonly mistake: 'renamed name' | 'other verb' | 'dropped required' | 'skipped encoding';
}

const VERBS = ['PUT', 'PATCH', 'DELETE', 'POST'];
const JSON_BODY = /^\{.*\}$/s;

/**
 * Requests with one mistake each, as far as the request has a place for it.
 * @param route of the request
 */
export function mutationsOf(
  request: SentRequest,
  facts: VendorFacts,
  route: string,
): MutatedRequest[] {
  const operation = facts.operations[route];
  if (operation === undefined) return [];
  const path = route.slice(route.indexOf(' '));
  const method = VERBS.find((verb) => facts.operations[`${verb}${path}`] === undefined) ?? 'TRACE';
  const decoded = decodedPath(request.url);
  return [
    ...renamed(request).map((one) => ({ ...one, mistake: 'renamed name' as const })),
    { ...request, method, mistake: 'other verb' },
    ...dropped(request, operation).map((one) => ({ ...one, mistake: 'dropped required' as const })),
    ...(decoded === undefined
      ? []
      : [{ ...request, url: decoded, mistake: 'skipped encoding' as const }]),
  ];
}

/** One query name, and one field of the body and of GraphQL's variables, with another name. */
function renamed(request: SentRequest): SentRequest[] {
  const [name] = new URLSearchParams(request.url.split('?')[1] ?? '').keys();
  const body = jsonOf(request);
  const [field] = Object.keys(body ?? {});
  const variables = body?.['variables'];
  const bodies = [
    ...(body === undefined || field === undefined ? [] : [withOtherName(body, field)]),
    ...(isRecord(variables)
      ? Object.keys(variables).map((one) => ({
          ...body,
          variables: withOtherName(variables, one),
        }))
      : []),
  ];
  return [
    ...(name === undefined ? [] : [withQuery(request, name, `${name}X`)]),
    ...bodies.map((changed) => ({ ...request, body: JSON.stringify(changed) })),
  ];
}

/** Without each query name and each field of the body that is required. */
function dropped(request: SentRequest, { parameters, body }: OperationFacts): SentRequest[] {
  const names = parameters.filter((one) => one.in === 'query' && one.isRequired);
  const sent = jsonOf(request);
  const required = body?.schemas['application/json']?.['required'];
  const fields = Array.isArray(required) ? required.map(String) : [];
  return [
    ...names.map(({ name }) => withQuery(request, name, undefined)),
    ...(sent === undefined
      ? []
      : fields.map((field) => ({ ...request, body: JSON.stringify(without(sent, field)) }))),
  ];
}

function withQuery(request: SentRequest, name: string, newName: string | undefined): SentRequest {
  const [path = '', search = ''] = request.url.split('?');
  const query = new URLSearchParams(search);
  const values = query.getAll(name);
  query.delete(name);
  for (const value of newName === undefined ? [] : values) query.append(newName ?? '', value);
  return { ...request, url: `${path}?${query}` };
}

/** The path with slashes and question marks that were encoded. `undefined`: it had none. */
function decodedPath(url: string): string | undefined {
  const [path = '', ...rest] = url.split('?');
  const decoded = path.replaceAll('%2F', '/').replaceAll('%3F', '?');
  return decoded === path ? undefined : [decoded, ...rest].join('&');
}

function jsonOf({ body }: SentRequest): Readonly<Record<string, unknown>> | undefined {
  const value: unknown = JSON_BODY.test(body) ? JSON.parse(body) : undefined;
  return isRecord(value) ? value : undefined;
}

function withOtherName(
  value: Readonly<Record<string, unknown>>,
  field: string,
): Record<string, unknown> {
  return { ...without(value, field), [`${field}X`]: value[field] };
}

function without(value: Readonly<Record<string, unknown>>, field: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== field));
}
