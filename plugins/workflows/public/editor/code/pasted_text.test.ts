import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { pastedText, withoutCodeFence } from './pasted_text.ts';

const YAML = 'name: a\nsteps:\n  - name: b\n';

describe('a pasted text', () => {
  it.each([
    ['a block of YAML', `\`\`\`yaml\n${YAML}\`\`\``],
    ['a block without a language, with blank lines around it', `\n\n\`\`\`\n${YAML}\`\`\`\n\n`],
    ['a block with tildes', `~~~yml\n${YAML}~~~`],
    ['a block with line ends of Windows', `\`\`\`yaml\n${YAML}\`\`\``.replaceAll('\n', '\r\n')],
    ['a block in a list', `\`\`\`yaml\n${YAML}\`\`\``.replace(/^/gm, '   ')],
    ['a block with a longer fence', `\`\`\`\`yaml\n${YAML}\`\`\`\``],
  ])('loses the code fence of %s', (_, text) => {
    expect(withoutCodeFence(text)).toBe(YAML);
  });

  it('keeps a shorter fence inside the block', () => {
    const inner = 'text: |\n```\na\n```\n';
    expect(withoutCodeFence(`\`\`\`\`\n${inner}\`\`\`\``)).toBe(inner);
  });

  it.each([
    ['has no fence', YAML],
    ['contains an indented block of Markdown', 'text: |\n  ```yaml\n  a: 1\n  ```\n'],
    ['has words before the block', `Here it is:\n\`\`\`yaml\n${YAML}\`\`\``],
    ['has two blocks', `\`\`\`\n${YAML}\`\`\`\n\`\`\`\n${YAML}\`\`\``],
    ['has a block that is not closed', `\`\`\`yaml\n${YAML}`],
    ['has a block of another language', '```json\n{}\n```'],
    ['is empty', ''],
  ])('is unchanged when it %s', (_, text) => {
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
