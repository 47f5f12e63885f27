import ts from 'typescript';
import { BANNED, BANNED_BEGINNINGS, BANNED_NAMES, MAX_COLUMNS } from './banned_words.ts';
import { checkDocblocks, type Finding } from './check_docblocks.ts';

const TITLE_CALLS = /^(?:it|describe|test)(?:\.|$)/;
const LOG_METHODS = new Set(['debug', 'info', 'warn', 'error', 'fatal', 'trace']);
const CODE_SPAN = /`[^`]*`|\{@link [^}]*\}|https?:\/\/\S+|'[\w.:/-]+'|"[\w.:/-]+"/g;
const DIRECTIVE = /^(?:\/\/|\/\*) (?:@ts-|biome-ignore|prettier-|eslint-)/;

/**
 * Checks comments, docblocks, names, test titles, log lines and error messages of one TypeScript
 * file.
 */
export function checkSource(file: string, text: string): readonly Finding[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const findings: Finding[] = [];
  const lineOf = (position: number) => source.getLineAndCharacterOfPosition(position).line + 1;
  for (const { start, text: comment } of commentsOf(source, text)) {
    if (DIRECTIVE.test(comment)) continue;
    const first = lineOf(start);
    comment.split('\n').forEach((_, index) => {
      const line = text.split('\n', first + index)[first + index - 1] ?? '';
      const isLong = line.length > MAX_COLUMNS && !/https?:\/\/\S{60,}/.test(line);
      if (isLong)
        findings.push({ line: first + index, message: `comment line of ${line.length} columns` });
    });
    const prose = comment.replace(/^\s*(?:\/\*\*?|\*\/?|\/\/)/gm, '').trim();
    if (comment.startsWith('/**') && BANNED_BEGINNINGS.test(prose))
      findings.push({ line: first, message: `docblock begins with "${prose.split(' ')[0]}"` });
    findings.push(...wordsIn(prose, first));
  }
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      if (isProse(node)) findings.push(...wordsIn(proseOf(node), lineOf(node.getStart(source))));
    }
    const name = bannedNameOf(node);
    if (name !== undefined)
      findings.push({ line: lineOf(node.getStart(source)), message: `name "${name}"` });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return [...findings, ...checkDocblocks(file, source)];
}

/** Checks the words of a Markdown document. Its lines may be long, because tables need it. */
export function checkDocument(text: string): readonly Finding[] {
  const findings: Finding[] = [];
  let isCode = false;
  text.split('\n').forEach((line, index) => {
    if (line.trimStart().startsWith('```')) isCode = !isCode;
    else if (!isCode) findings.push(...wordsIn(line, index + 1));
  });
  return findings;
}

function wordsIn(text: string, line: number): Finding[] {
  const prose = text.replace(CODE_SPAN, '');
  return BANNED.flatMap(({ pattern, use }) => {
    const found = pattern.exec(prose);
    return found === null ? [] : [{ line, message: `"${found[0]}": use ${use}` }];
  });
}

/** Returns the declared name if it contains a banned word. */
function bannedNameOf(node: ts.Node): string | undefined {
  const isDeclaration =
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isClassDeclaration(node);
  if (!isDeclaration || node.name === undefined || !ts.isMemberName(node.name)) return undefined;
  const { text } = node.name;
  const words = text.replace('#', '').split(/(?=[A-Z])|_/);
  return words.some((word) => BANNED_NAMES.test(word)) ? text : undefined;
}

/** Returns `true` if a string is a test title, a log line or the message of an error. */
function isProse(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isNewExpression(parent)) return /Error$/.test(parent.expression.getText());
  if (!ts.isCallExpression(parent)) return false;
  const called = parent.expression;
  if (parent.arguments[0] === node && TITLE_CALLS.test(called.getText())) return true;
  return ts.isPropertyAccessExpression(called) && LOG_METHODS.has(called.name.text);
}

function proseOf(node: ts.StringLiteralLike | ts.TemplateExpression): string {
  if (!ts.isTemplateExpression(node)) return node.text;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' … ');
}

function commentsOf(
  source: ts.SourceFile,
  text: string,
): readonly { readonly start: number; readonly text: string }[] {
  const found = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    const ranges = [
      ...(ts.getLeadingCommentRanges(text, node.getFullStart()) ?? []),
      ...(ts.getTrailingCommentRanges(text, node.getEnd()) ?? []),
    ];
    for (const { pos, end } of ranges) found.set(pos, text.slice(pos, end));
    node.getChildren(source).forEach(visit);
  };
  visit(source);
  return [...found].map(([start, comment]) => ({ start, text: comment }));
}
