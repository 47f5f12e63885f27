import ts from 'typescript';

/** Type of a field, an argument or a variable. */
export type TypeReference =
  | { readonly of: 'named'; readonly name: string; readonly isNullable: boolean }
  | { readonly of: 'list'; readonly item: TypeReference; readonly isNullable: boolean };

/** Fields or arguments by name. */
export type Fields = ReadonlyMap<string, TypeReference>;

/**
 * The types of a GraphQL API, read from the declarations of an SDK that GraphQL Code Generator
 * wrote. The declarations contain all names. Those of arguments are in types such as
 * `QueryIssuesArgs`.
 */
export class SdkTypes {
  readonly #objects = new Map<string, Fields>();
  readonly #enums = new Map<string, readonly string[]>();

  /** @param declarations text of the `.d.ts` file */
  constructor(declarations: string) {
    const file = ts.createSourceFile('sdk.d.ts', declarations, ts.ScriptTarget.Latest);
    for (const statement of file.statements) {
      if (ts.isEnumDeclaration(statement)) {
        const values = statement.members.flatMap(({ initializer }) =>
          initializer !== undefined && ts.isStringLiteral(initializer) ? [initializer.text] : [],
        );
        this.#enums.set(statement.name.text, values);
      } else if (ts.isTypeAliasDeclaration(statement)) {
        const fields = fieldsIn(statement.type);
        if (fields !== undefined) this.#objects.set(statement.name.text, fields);
      }
    }
  }

  /** Returns the fields of an object or an input object. `undefined`: there is no such type. */
  fieldsOf(name: string): Fields | undefined {
    return this.#objects.get(name);
  }

  /** Returns the values of an enum. `undefined`: there is no such enum. */
  valuesOf(name: string): readonly string[] | undefined {
    return this.#enums.get(name);
  }

  /** Returns the arguments of a field. Empty: it has none. */
  argumentsOf(type: string, field: string): Fields {
    const name = `${type}${field.slice(0, 1).toUpperCase()}${field.slice(1)}Args`;
    return this.#objects.get(name) ?? new Map();
  }
}

/** Returns the fields of `{ … }` or `Node & { … }`. `undefined`: the type has another form. */
function fieldsIn(type: ts.TypeNode): Fields | undefined {
  const parts: readonly ts.TypeNode[] = ts.isIntersectionTypeNode(type) ? type.types : [type];
  const literal = parts.find(ts.isTypeLiteralNode);
  if (literal === undefined) return undefined;
  const fields = literal.members.flatMap((member): [string, TypeReference][] => {
    if (!ts.isPropertySignature(member) || !ts.isIdentifier(member.name)) return [];
    const reference = member.type && referenceOf(member.type);
    return reference === undefined ? [] : [[member.name.text, reference]];
  });
  return new Map(fields);
}

/**
 * Reads a type reference. `undefined`: it is not a type of the API, for example that of
 * `__typename`.
 */
function referenceOf(type: ts.TypeNode): TypeReference | undefined {
  // The type has the form `Scalars["String"]`.
  if (ts.isIndexedAccessTypeNode(type)) {
    const { indexType } = type;
    return ts.isLiteralTypeNode(indexType) && ts.isStringLiteral(indexType.literal)
      ? { of: 'named', name: indexType.literal.text, isNullable: false }
      : undefined;
  }
  if (!ts.isTypeReferenceNode(type) || !ts.isIdentifier(type.typeName)) return undefined;
  const name = type.typeName.text;
  const [argument] = type.typeArguments ?? [];
  if (argument === undefined) return { of: 'named', name, isNullable: false };
  const inner = referenceOf(argument);
  if (inner === undefined) return undefined;
  if (name === 'Array') return { of: 'list', item: inner, isNullable: false };
  return name === 'Maybe' || name === 'InputMaybe' ? { ...inner, isNullable: true } : undefined;
}
