import ts from 'typescript';

/** One place that breaks a rule of the glossary or of docblocks. */
export interface Finding {
  /** Number of the line, counted from 1. */
  readonly line: number;
  readonly message: string;
}

const PRODUCT = /^(?:packages|plugins)\/.*(?<!\.(?:test|mock|stories))\.tsx?$/;

/** Beginnings of a docblock that say only what a function throws or returns, not what it does. */
const INCOMPLETE = /^(?:@throws|@returns|`?undefined`?:|`(?:null|false)`:)/i;
const NAMES_ERROR = /@throws|throw|reject|fail|refus|error|assert/i;

/**
 * Checks the docblocks of exports: every export of the product has one, it says what a function
 * does, and it mentions the error that the function itself throws.
 */
export function checkDocblocks(file: string, source: ts.SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  const isProduct = PRODUCT.test(file);
  const add = (node: ts.Node, message: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    findings.push({ line: line + 1, message });
  };
  const checkCallable = (node: ts.Node, body: ts.Node | undefined) => {
    const text = docblockOf(node, source);
    if (text === undefined) return;
    if (INCOMPLETE.test(text)) add(node, 'docblock does not say what the function does');
    if (isProduct && body && throwsItself(body) && !NAMES_ERROR.test(text))
      add(node, 'docblock does not mention the thrown error');
  };
  const documented = new Set<string>();
  for (const statement of source.statements.filter(isExported)) {
    const names = namesOf(statement);
    if (docblockOf(statement, source) !== undefined) for (const name of names) documented.add(name);
    else if (isProduct && !names.every((name) => documented.has(name)))
      add(statement, `export without docblock: ${names.join(', ')}`);
    if (ts.isFunctionDeclaration(statement)) checkCallable(statement, statement.body);
    if (ts.isClassDeclaration(statement) || ts.isInterfaceDeclaration(statement))
      for (const member of statement.members) {
        if (member.name === undefined || ts.isPrivateIdentifier(member.name)) continue;
        if (ts.isMethodDeclaration(member)) checkCallable(member, member.body);
        if (ts.isMethodSignature(member)) checkCallable(member, undefined);
      }
  }
  return findings;
}

function isExported(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true
  );
}

/** Returns the names that a statement declares. */
function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  const { name } = statement as ts.DeclarationStatement;
  return name === undefined ? [] : [name.getText()];
}

/** Returns the text of the docblock of a declaration. `undefined`: it has none. */
function docblockOf(node: ts.Node, source: ts.SourceFile): string | undefined {
  const comments = ts.getLeadingCommentRanges(source.text, node.getFullStart()) ?? [];
  return comments
    .map(({ pos, end }) => source.text.slice(pos, end))
    .findLast((comment) => comment.startsWith('/**'))
    ?.replace(/^\s*(?:\/\*\*|\*\/?)/gm, '')
    .trim();
}

/** Tells if a body throws a new error that it does not catch itself, outside of inner functions. */
function throwsItself(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  if (ts.isThrowStatement(node)) return ts.isNewExpression(node.expression);
  if (ts.isTryStatement(node) && node.catchClause !== undefined)
    return throwsItself(node.catchClause) || throwsItself(node.finallyBlock ?? node.catchClause);
  return ts.forEachChild(node, (child) => throwsItself(child) || undefined) === true;
}
