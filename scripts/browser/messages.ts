import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** A message of the web app. */
interface Message {
  readonly id: string;
  /** English text in ICU message format. */
  readonly text: string;
  /** Path of the file with the message, relative to the root. */
  readonly file: string;
}

/** A text on the screen that cannot be translated. */
interface LiteralText {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** Findings in the sources of the web app. */
export interface SourceMessages {
  readonly messages: readonly Message[];
  readonly literals: readonly LiteralText[];
}

/** Attributes that users see or hear. */
const TEXT_ATTRIBUTES = new Set([
  ...['aria-label', 'aria-roledescription', 'alt', 'content', 'description', 'helpText'],
  ...['label', 'legend', 'pageTitle', 'placeholder', 'title', 'confirmButtonText'],
  ...['cancelButtonText', 'append', 'prepend', 'error', 'noItemsMessage'],
]);

/** Reads the messages of all sources of the web app. Stories and tests are not part of it. */
export function readSourceMessages(root: string): SourceMessages {
  const files = globSync(['packages/core/public/**/*.{ts,tsx}', 'plugins/*/public/**/*.{ts,tsx}'], {
    cwd: root,
  })
    .filter((file) => !/\.(?:test|stories|mock|d)\.tsx?$|\/(?:mocks|testing)\.tsx?$/.test(file))
    .sort();
  const found = files.map((file) => findMessages(file, readFileSync(join(root, file), 'utf8')));
  return {
    messages: found.flatMap(({ messages }) => messages),
    literals: found.flatMap(({ literals }) => literals),
  };
}

/** Finds messages, and texts that cannot be translated, in one source. */
export function findMessages(file: string, code: string): SourceMessages {
  const source = ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true);
  const messages: Message[] = [];
  const literals: LiteralText[] = [];
  const addLiteral = (node: ts.Node, text: string): void => {
    if (!/\p{L}{2}/u.test(text)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    literals.push({ file, line: line + 1, text: text.trim() });
  };
  const visit = (node: ts.Node): void => {
    const message = messageOf(node);
    if (message !== undefined) messages.push({ ...message, file });
    if (ts.isJsxText(node)) addLiteral(node, node.text);
    for (const text of literalTexts(shownExpression(node))) addLiteral(node, text);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { messages, literals };
}

/**
 * Names of properties of objects whose texts users see or hear, for example of toasts and table
 * columns.
 */
const TEXT_PROPERTIES = new Set(['title', 'text', 'label', 'confirmLabel', 'helpText']);

/**
 * Returns the expression of a node whose value users see: an attribute, a child in braces, or a
 * property of an object. `undefined`: users do not see the value.
 */
function shownExpression(node: ts.Node): ts.Node | undefined {
  if (ts.isJsxAttribute(node))
    return TEXT_ATTRIBUTES.has(node.name.getText()) ? node.initializer : undefined;
  if (ts.isJsxExpression(node))
    return ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent) ? node : undefined;
  if (ts.isPropertyAssignment(node))
    return TEXT_PROPERTIES.has(node.name.getText()) ? node.initializer : undefined;
  return undefined;
}

/** Returns the constant texts that the value of an expression can be or contain. */
function literalTexts(node: ts.Node | undefined): readonly string[] {
  if (node === undefined) return [];
  const text = textOf(node);
  if (text !== undefined) return [text];
  if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node))
    return literalTexts(node.expression);
  if (ts.isConditionalExpression(node))
    return [...literalTexts(node.whenTrue), ...literalTexts(node.whenFalse)];
  if (ts.isTemplateExpression(node))
    return [node.head, ...node.templateSpans.map(({ literal }) => literal)].map(
      ({ text: part }) => part,
    );
  if (!ts.isBinaryExpression(node)) return [];
  switch (node.operatorToken.kind) {
    case ts.SyntaxKind.AmpersandAmpersandToken:
      return literalTexts(node.right);
    case ts.SyntaxKind.BarBarToken:
    case ts.SyntaxKind.QuestionQuestionToken:
    case ts.SyntaxKind.PlusToken:
      return [...literalTexts(node.left), ...literalTexts(node.right)];
    default:
      return [];
  }
}

/**
 * Returns the message of an object `{ id, defaultMessage }` or of the attributes of an element;
 * `undefined`: the node contains no message.
 */
function messageOf(node: ts.Node): { readonly id: string; readonly text: string } | undefined {
  const isObject = ts.isObjectLiteralExpression(node);
  if (!isObject && !ts.isJsxAttributes(node)) return undefined;
  const values = new Map<string, string>();
  for (const property of node.properties) {
    const isNamed = ts.isPropertyAssignment(property) || ts.isJsxAttribute(property);
    const text = isNamed ? textOf(property.initializer) : undefined;
    if (isNamed && text !== undefined) values.set(property.name.getText(), text);
  }
  const id = values.get('id');
  const text = values.get('defaultMessage');
  return id === undefined || text === undefined ? undefined : { id, text };
}

/**
 * Returns the constant text of an expression. Parts joined with `+` count as one text. `undefined`:
 * the text is not constant.
 */
function textOf(node: ts.Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (ts.isJsxExpression(node)) return textOf(node.expression);
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const left = textOf(node.left);
    const right = textOf(node.right);
    return left === undefined || right === undefined ? undefined : left + right;
  }
  return undefined;
}
