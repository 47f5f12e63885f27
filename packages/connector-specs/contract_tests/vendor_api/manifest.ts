import type { ConnectorSpec } from '../../contract/types.ts';
import { isOperation, type OperationRequest } from '../../operations/index.ts';
import type { OperationFacts, VendorSource } from './facts.ts';

/** How the actions of a connector relate to the vendor's description of its API. */
export interface VendorManifest {
  readonly source: VendorSource;
  /** Client of the vendor whose requests are recorded, where it is not the source. */
  readonly sdk?: Omit<VendorSource, 'file'>;
  /** Actions without a recorded request, and why, where an SDK is the proof. Default: none. */
  readonly notInSdk?: Readonly<Record<string, string>>;
  /** Origins of the API in the vendor's documentation, as the spec may write them. */
  readonly origins: readonly string[];
  /** Path before the paths of all routes, on the origin of the API: `/v1`. Default: empty. */
  readonly basePath?: string;
  /** Path of a gateway before `basePath`, with some auth types: `/ex/jira/site`. */
  readonly gatewayPath?: string;
  /**
   * Path in the description before the paths of all routes, which may have parameters:
   * `/gmail/v1/users/{userId}`. Requests have `basePath` there. Default: empty.
   */
  readonly describedPath?: string;
  /**
   * Parts of large request bodies that the facts contain, by route, as dotted paths where `*` is
   * each item: `requests.*.addSheet.properties.title`. Other fields count as unknown. Default: all.
   */
  readonly bodyParts?: Readonly<Record<string, readonly string[]>>;
  /**
   * Objects in request bodies whose fields the caller names, as dotted paths after the route, where
   * `[]` is each item. Everywhere else an unknown name is a mistake. Default: none.
   */
  readonly freeFields?: Readonly<Record<string, readonly string[]>>;
  /** Operations that handlers call, by the name of the action. */
  readonly handlers?: Readonly<Record<string, readonly OperationRequest[]>>;
  /** Operation of the connection test, unless it is that of an action. */
  readonly test?: OperationRequest;
  /** Actions without a counterpart in the description, and why. Their requests are not checked. */
  readonly unmatched?: Readonly<Record<string, string>>;
  /**
   * Operations that the description lacks, by route, written from the vendor's documentation. A
   * weaker proof than the description.
   */
  readonly added?: Readonly<Record<string, AddedOperation>>;
  /** Operations that the description has under another path only, by route. */
  readonly sameAs?: Readonly<Record<string, SameOperation>>;
  /**
   * `true`: a schema with `items` and without a type is one of the items, not a list of them, and
   * one with nothing but `nullable` is null.
   */
  readonly itemsAreAlternatives?: boolean;
  /**
   * Folders below `file` of an SDK that OpenAPI Generator wrote. Its code contains the description.
   * `undefined`: `file` is the description.
   */
  readonly clientFolders?: readonly string[];
  /**
   * Scopes each of which permits an operation, by route, from the vendor's documentation. They
   * replace those of the description. A GraphQL operation has its name instead of a route.
   */
  readonly scopes?: Readonly<Record<string, DocumentedScopes>>;
  /** All scopes that the actions name, as the vendor spells them. Default: those of the facts. */
  readonly scopeNames?: readonly string[];
  /** Scopes that permit operations too, but that no action accepts. Say why beside them. */
  readonly unusedScopes?: readonly string[];
  /**
   * Hosts besides the API that serve files, with the URL of the documentation. A redirect leads to
   * no other one.
   */
  readonly fileHosts?: Readonly<Record<string, string>>;
  /** `undefined`: the API has routes. */
  readonly graphql?: GraphqlManifest;
  /** Corrections of a wrong or outdated description. Each entry replaces a part of the facts. */
  readonly overlays?: readonly Overlay[];
}

/** A GraphQL API, whose source has the declarations of an SDK by GraphQL Code Generator. */
interface GraphqlManifest {
  /** The package `graphql`, which validates the documents. */
  readonly library: VendorSource;
  readonly route: `POST /${string}`;
  /** JSON types of the scalars that the documents use. */
  readonly scalars: Readonly<Record<string, string>>;
}

/** An operation that the description lacks. */
interface AddedOperation {
  /** URL of the vendor's documentation. */
  readonly source: string;
  readonly facts: OperationFacts;
}

/** An operation that the description has under another path. */
interface SameOperation {
  /** Route in the description. Its path parameters that the path lacks are left out. */
  readonly route: string;
  /** URL of the vendor's documentation, which has both paths. */
  readonly source: string;
}

/** Scopes from the vendor's documentation. */
interface DocumentedScopes {
  readonly scopes: readonly string[];
  /** Scopes with which the operation returns more or reaches more objects. Default: none. */
  readonly optionalScopes?: readonly string[];
  /** URL of the documentation. */
  readonly source: string;
}

/** A correction of the facts of one operation. */
export interface Overlay {
  readonly route: string;
  /** Path of steps to the replaced part, for example `['parameters', 0, 'isRequired']`. */
  readonly at: readonly (string | number)[];
  readonly value: unknown;
  /** Why, with the URL of the vendor's documentation. */
  readonly source: string;
}

/** All operations of a connector, also that of its connection test. */
export function requestsOf(
  spec: ConnectorSpec,
  manifest: Pick<VendorManifest, 'handlers' | 'unmatched' | 'test'>,
): readonly OperationRequest[] {
  const { test } = manifest;
  return [
    ...[...operationsOf(spec, manifest).values()].flat(),
    ...(test === undefined ? [] : [test]),
  ];
}

/** The operations of a connector by the name of the action. */
export function operationsOf(
  spec: ConnectorSpec,
  manifest: Pick<VendorManifest, 'handlers' | 'unmatched'>,
): ReadonlyMap<string, readonly OperationRequest[]> {
  return new Map(
    Object.entries(spec.actions)
      .filter(([name]) => manifest.unmatched?.[name] === undefined)
      .map(([name, action]) => [
        name,
        isOperation(action) ? [action] : (manifest.handlers?.[name] ?? []),
      ]),
  );
}

/** Key of the facts of an operation: its route, and the name of a GraphQL operation. */
export function factsKeyOf({
  route,
  document,
}: Pick<OperationRequest, 'route' | 'document'>): string {
  return document === undefined ? route : `${route} ${operationNameOf(document)}`;
}

/**
 * A route without the names of its path parameters, which no request contains. Routes of actions
 * have the names of their inputs, those of facts the names of the vendor.
 */
export function positionalRoute(route: string): string {
  return route.replace(/\{[^{}]*\}/g, '{}');
}

/** The facts of an operation. `undefined`: the vendor documents none. */
export function factsOf(
  operations: Readonly<Record<string, OperationFacts>>,
  request: Pick<OperationRequest, 'route' | 'document'>,
): OperationFacts | undefined {
  return entryOfRoute(operations, factsKeyOf(request))?.[1];
}

/**
 * The entry of a route in a record by route, whatever names the path parameters have. `undefined`:
 * there is none.
 */
export function entryOfRoute<T>(
  values: Readonly<Record<string, T>>,
  route: string,
): readonly [route: string, value: T] | undefined {
  const wanted = positionalRoute(route);
  return Object.entries(values).find(([known]) => positionalRoute(known) === wanted);
}

/** Name of the operation in a GraphQL document. `undefined`: it has none. */
export function operationNameOf(document: string): string | undefined {
  return /^\s*(?:query|mutation)\s+(\w+)/.exec(document)?.[1];
}
