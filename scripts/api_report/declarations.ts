import { dirname, join } from 'node:path';
import ts from 'typescript';

/** One declaration, named as in its file. */
export interface DeclarationKey {
  readonly file: ts.SourceFile;
  readonly name: string;
}

/** Declarations of one file, as the compiler would publish them. */
interface EmittedFile {
  /** Statements of each declaration by name. Overloads and merged declarations have several. */
  readonly statements: ReadonlyMap<string, readonly ts.Statement[]>;
  /** Names that come from another file of the checkout, by local name. */
  readonly imports: ReadonlyMap<string, { readonly path: string; readonly name: string }>;
  readonly source: ts.SourceFile;
}

/**
 * Reads the public form of declarations: without comments and function bodies, with inferred types
 * written out.
 */
export class Declarations {
  readonly #program: ts.Program;
  readonly #checker: ts.TypeChecker;
  readonly #emitted = new Map<ts.SourceFile, EmittedFile>();

  constructor(root: string, entryFiles: readonly string[]) {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.base.json'), ts.sys.readFile);
    const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
    this.#program = ts.createProgram([...entryFiles], {
      ...options,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      jsx: ts.JsxEmit.ReactJSX,
      jsxImportSource: '@emotion/react',
      removeComments: true,
      rootDir: root,
      outDir: join(root, 'dist'),
    });
    this.#checker = this.#program.getTypeChecker();
  }

  /**
   * Returns the declarations that a module exports, by exported name.
   * @throws Error when the file does not exist or is not a module
   */
  exportsOf(file: string): ReadonlyMap<string, DeclarationKey> {
    const source = this.#program.getSourceFile(file);
    const module = source && this.#checker.getSymbolAtLocation(source);
    if (module === undefined) throw new Error(`${file} does not exist or exports nothing`);
    const exported = this.#checker.getExportsOfModule(module);
    return new Map(exported.map((symbol) => [symbol.name, this.#keyOf(symbol)]));
  }

  /** Returns the text of a declaration, with one string per statement. */
  textOf({ file, name }: DeclarationKey): readonly string[] {
    const { statements, source } = this.#emit(file);
    return (statements.get(name) ?? []).map((statement) => statement.getText(source));
  }

  /** Returns the declarations of the same package to which a declaration refers. */
  referencesOf({ file, name }: DeclarationKey): readonly DeclarationKey[] {
    const emitted = this.#emit(file);
    const found: DeclarationKey[] = [];
    for (const statement of emitted.statements.get(name) ?? []) {
      for (const { name: used, specifier } of usedNames(statement)) {
        const imported = emitted.imports.get(used);
        if (specifier !== undefined) found.push(...this.#exportOf(file, specifier, used));
        else if (imported !== undefined)
          found.push(...this.#exportOf(file, imported.path, imported.name));
        else if (emitted.statements.has(used)) found.push({ file, name: used });
      }
    }
    return found;
  }

  #exportOf(from: ts.SourceFile, path: string, name: string): readonly DeclarationKey[] {
    if (!path.startsWith('.')) return [];
    const key = this.exportsOf(join(dirname(from.fileName), path)).get(name);
    return key === undefined ? [] : [key];
  }

  #keyOf(symbol: ts.Symbol): DeclarationKey {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    const target = isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol;
    const [declaration] = target.declarations ?? [];
    if (declaration === undefined) throw new Error(`The export ${symbol.name} has no declaration`);
    return { file: declaration.getSourceFile(), name: target.name };
  }

  #emit(file: ts.SourceFile): EmittedFile {
    const known = this.#emitted.get(file);
    if (known !== undefined) return known;
    let text = '';
    const { diagnostics } = this.#program.emit(
      file,
      (_, emitted) => {
        text = emitted;
      },
      undefined,
      true,
    );
    const [problem] = diagnostics;
    if (problem !== undefined) {
      const message = ts.flattenDiagnosticMessageText(problem.messageText, ' ');
      throw new Error(`${file.fileName}: ${message}. Give the export an explicit type.`);
    }
    const emitted = readEmitted(text);
    this.#emitted.set(file, emitted);
    return emitted;
  }
}

function readEmitted(text: string): EmittedFile {
  const source = ts.createSourceFile('emitted.d.ts', text, ts.ScriptTarget.ESNext, true);
  const statements = new Map<string, ts.Statement[]>();
  const imports = new Map<string, { path: string; name: string }>();
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) {
      const path = (statement.moduleSpecifier as ts.StringLiteral).text;
      const bindings = statement.importClause?.namedBindings;
      if (bindings === undefined || !ts.isNamedImports(bindings)) continue;
      for (const { name, propertyName } of bindings.elements) {
        imports.set(name.text, { path, name: (propertyName ?? name).text });
      }
    }
    for (const name of declaredNames(statement)) {
      statements.set(name, [...(statements.get(name) ?? []), statement]);
    }
  }
  return { statements, imports, source };
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) =>
      ts.isIdentifier(name) ? [name.text] : [],
    );
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

/**
 * Returns the names in the types of a declaration. `specifier` is set for `import('./x.ts').Name`.
 */
function usedNames(
  node: ts.Node,
): readonly { readonly name: string; readonly specifier?: string }[] {
  const found: { name: string; specifier?: string }[] = [];
  const visit = (inner: ts.Node): void => {
    if (ts.isTypeReferenceNode(inner)) found.push({ name: leftmost(inner.typeName) });
    else if (ts.isTypeQueryNode(inner) && !ts.isImportTypeNode(inner.exprName)) {
      found.push({ name: leftmost(inner.exprName) });
    } else if (ts.isExpressionWithTypeArguments(inner) && ts.isIdentifier(inner.expression)) {
      found.push({ name: inner.expression.text });
    } else if (ts.isImportTypeNode(inner) && inner.qualifier !== undefined) {
      const { literal } = inner.argument as ts.LiteralTypeNode;
      const specifier = (literal as ts.StringLiteral).text;
      found.push({ name: leftmost(inner.qualifier), specifier });
    }
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return found;
}

function leftmost(name: ts.EntityName): string {
  return ts.isIdentifier(name) ? name.text : leftmost(name.left);
}
