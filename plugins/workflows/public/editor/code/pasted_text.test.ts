import { EditorState } from '@codemirror/state';
import { describe, expect, it } from '@jest/globals';
import { pastedText, withoutCodeFence } from './pasted_text.ts';

const YAML = 'name: a\nsteps:\n  - name: b\n';

describe('a pasted text', () => {
  it.each([
    ['a block of YAML', `\`\`\`yaml\n${YAML}\`\`\``],
    ['a block without a language, with blank lines around it', `\n\n\`\`\`\n${YAML}\`\`\`\n\n`],
    ['a block with tildes', `~~~yml\n${YAML}~~~`],
    ['a block with line ends of Windows', `\`\`\`yaml\n${YAML}\`\`\``.replaceAll('\n', '\r\n')],
    ['a block in a list', `\`\`\`yaml\n${YAML}\`\`\``.replace(/^/gm, '   ')],
    ['a longer fence', `\`\`\`\`yaml\n${YAML}\`\`\`\``],
  ])('loses the code fence of %s', (_, text) => {
    expect(withoutCodeFence(text)).toBe(YAML);
  });

  it('keeps a shorter fence inside the block', () => {
    const inner = 'text: |\n```\na\n```\n';
    expect(withoutCodeFence(`\`\`\`\`\n${inner}\`\`\`\``)).toBe(inner);
  });

  it.each([
    ['is not changed when it has no fence', YAML],
    ['with an indented block of Markdown in it', 'text: |\n  ```yaml\n  a: 1\n  ```\n'],
    ['with words before the block', `Here it is:\n\`\`\`yaml\n${YAML}\`\`\``],
    ['with two blocks', `\`\`\`\n${YAML}\`\`\`\n\`\`\`\n${YAML}\`\`\``],
    ['whose block is not closed', `\`\`\`yaml\n${YAML}`],
    ['with a block of another language', '```json\n{}\n```'],
    ['that is empty', ''],
  ])('keeps a fence around %s', (_, text) => {
    expect(withoutCodeFence(text)).toBe(text);
  });

  it('keeps its fence when it is pasted inside a text of the document', () => {
    const text = `\`\`\`yaml\n${YAML}\`\`\``;
    const doc = 'message: |\n  ';
    const at = (anchor: number) => EditorState.create({ doc, selection: { anchor } });
    expect(pastedText(text, at(doc.length))).toBe(text);
    expect(pastedText(text, at(0))).toBe(YAML);
  });
});
