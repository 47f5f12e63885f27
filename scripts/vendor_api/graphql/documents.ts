import type { VendorSource } from '@latchkey/connector-specs/vendor_api';
import { importPackageFile } from '../read_package_file.ts';
import type { TypeReference } from './sdk_types.ts';

/** The used functions of the package `graphql`, which is downloaded and not installed. */
export interface GraphqlLibrary {
  parse(document: string): DocumentNode;
  buildSchema(sdl: string): object;
  validate(schema: object, document: DocumentNode): readonly { readonly message: string }[];
}

/** Downloads the package `graphql` and imports it. */
export function importGraphql(source: VendorSource): Promise<GraphqlLibrary> {
  return importPackageFile(source);
}

export interface DocumentNode {
  readonly definitions: readonly OperationNode[];
}

interface NameNode {
  readonly value: string;
}

/** A query or a mutation. */
export interface OperationNode {
  readonly operation: 'query' | 'mutation';
  readonly name?: NameNode;
  readonly variableDefinitions: readonly {
    readonly variable: { readonly name: NameNode };
    readonly type: TypeNode;
  }[];
  readonly selectionSet: SelectionNode;
}

export interface SelectionNode {
  /** Selected fields. The documents have no fragments. */
  readonly selections: readonly FieldNode[];
}

interface FieldNode {
  readonly kind: string;
  readonly name: NameNode;
  readonly alias?: NameNode;
  readonly selectionSet?: SelectionNode;
}

export type TypeNode =
  | { readonly kind: 'NamedType'; readonly name: NameNode }
  | { readonly kind: 'ListType' | 'NonNullType'; readonly type: TypeNode };

/** Returns the name of the type that the operation selects from. */
export function rootOf({ operation }: Pick<OperationNode, 'operation'>): string {
  return operation === 'query' ? 'Query' : 'Mutation';
}

/** Returns the type of a variable. */
export function variableType(node: TypeNode): TypeReference {
  switch (node.kind) {
    case 'NonNullType':
      return { ...variableType(node.type), isNullable: false };
    case 'ListType':
      return { of: 'list', item: variableType(node.type), isNullable: true };
    default:
      return { of: 'named', name: node.name.value, isNullable: true };
  }
}
