import type { EgressResponse } from '@latchkey/egress';
import type { ZodRawShape, ZodType } from 'zod';
import type { ActionContext } from '../contract/types.ts';
import type { ApiDescription } from './api_description.ts';
import {
  type ChecksPathKeys,
  createOperation,
  type FixedPath,
  type MissingPathKeys,
  type Operation,
  type OperationOptions,
  type ResultOf,
} from './operation.ts';
import type { Pages } from './pages.ts';
import type { Route } from './route.ts';
import { toApiResponse, vendorFailureOf } from './vendor_failure.ts';
import type { Naming, WireEntry, WireName } from './wire.ts';

type Wire<S extends ZodRawShape> = { readonly [K in keyof S & string]?: WireEntry };

/** The functions that declare the operations of one API. */
export interface Api<N extends Naming> {
  /**
   * Declares an action that is one request: `operation('GET /repos/{owner}/{repo}', { … })`. A path
   * key without a required input does not compile, unless `pathWithout` names the input or
   * `fixed.path` has its value.
   * @throws TypeError for a route, wire rule or page rule that does not fit the input
   */
  operation<
    const R extends Route,
    S extends ZodRawShape,
    O extends ZodType,
    const W extends Wire<S> = Record<never, never>,
    const P extends Pages<keyof S & string> | undefined = undefined,
    const D extends keyof S & string = never,
    const F extends string = never,
  >(
    route: R,
    options: OperationOptions<S, O, W, P, D> &
      FixedPath<F> &
      ChecksPathKeys<Exclude<MissingPathKeys<R, S, W, N>, WireName<D, W, N> | F>>,
  ): Operation<S, ResultOf<O, P>, P>;
  /**
   * Declares an action that is one GraphQL request. Its inputs are the variables of the request;
   * paths of `pages` are relative to `data`.
   * @throws TypeError for a document, wire rule or page rule that does not fit the input
   */
  query<
    S extends ZodRawShape,
    O extends ZodType,
    const W extends Wire<S> = Record<never, never>,
    const P extends Pages<keyof S & string> | undefined = undefined,
  >(
    options: OperationOptions<S, O, W, P> & { readonly document: string },
  ): Operation<S, ResultOf<O, P>, P>;
  /**
   * Checks the response to a request that a handler sends without an operation.
   * @throws ConnectorActionError `vendor_error` for a response that is a failure
   */
  check(context: Pick<ActionContext, 'secrets'>, response: EgressResponse): void;
}

/** Paths to the errors of GraphQL, which also come with the status 200. */
const GRAPHQL_ERRORS = {
  message: ['errors.*.extensions.userPresentableMessage', 'errors.*.message'],
  code: ['errors.*.extensions.code', 'errors.*.type'],
} as const;

/**
 * Declares an API, and returns the functions for its operations.
 * @param api.graphqlPath path of the GraphQL endpoint below the base URL. Default `/graphql`
 */
export function defineApi<const N extends Naming = 'same'>(
  api: ApiDescription<N> & { readonly graphqlPath?: `/${string}` },
): Api<N> {
  const graphqlApi: ApiDescription = {
    ...api,
    format: 'json',
    errors: { ...GRAPHQL_ERRORS, ...api.errors, hasErrorsList: true },
  };
  return {
    operation: (route, options) => createOperation({ api }, route, options),
    query: ({ document, ...options }) =>
      createOperation(
        { api: graphqlApi, graphql: { document } },
        `POST ${api.graphqlPath ?? '/graphql'}`,
        { ...options, isQuery: isQuery(document) },
      ),
    check: (context, response) => {
      const failure = vendorFailureOf(api, toApiResponse(response), { context, now: new Date() });
      if (failure !== undefined) throw failure;
    },
  };
}

/**
 * Returns `true` if a GraphQL document only reads.
 * @throws TypeError for a document that begins with neither `query` nor `mutation`: a mutation that
 *   counts as a query would be sent again after a lost response
 */
function isQuery(document: string): boolean {
  const [, kind] = /^\s*(query\b|mutation\b|\{)/.exec(document) ?? [];
  if (kind === undefined)
    throw new TypeError('A GraphQL document must begin with `query` or `mutation`.');
  return kind !== 'mutation';
}
