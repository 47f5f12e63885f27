import { describe, expect, it } from 'vitest';
import { editWorkflowDocument } from './edit_document.ts';
import { workflowDocument } from './parse_document.ts';

const TEXT = `# Header
version: '1'
name: "Search"   # shown in lists
description: >
  Finds files
  in a drive.
tags: ['a',   'b']   # for agents

# Starts
triggers:
  - type: manual
steps:
  - {name: x,   type: data.set, with: {a: 1}}  # keep
`;

describe('editWorkflowDocument', () => {
  it('changes a text in its line, and keeps comments and layout', () => {
    expect(editWorkflowDocument(TEXT, { name: 'Find: files' })).toBe(
      TEXT.replace('"Search"', '"Find: files"'),
    );
  });

  it('replaces a block of lines and a list', () => {
    const edited = editWorkflowDocument(TEXT, { description: 'Short', tags: ['c'] });
    expect(edited).toBe(
      TEXT.replace('>\n  Finds files\n  in a drive.', 'Short').replace("['a',   'b']", '[c]'),
    );
  });

  it('adds an absent key below the name', () => {
    expect(editWorkflowDocument(TEXT, { enabled: false })).toBe(
      TEXT.replace('lists\n', 'lists\nenabled: false\n'),
    );
  });

  it.each([
    ['a list with a dash per line', 'name: a\ntags:\n  - x # why\n  - y\nsteps: []\n'],
    ['a list without indentation', 'name: a\ntags:\n- x\n- y\nsteps: []\n'],
    ['one object in braces', '{name: a, tags: [x], steps: []}'],
    ['no name', 'tags: [x]\nsteps: []\n'],
    ['an empty value', 'name: a\ntags:\nsteps: []\n'],
    ['carriage returns', 'name: a\r\ntags:\r\n  - x\r\nsteps: []\r\n'],
    ['no line break at the end', 'steps: []\nname: a'],
  ])('finds the keys in a document with %s', (_, text) => {
    const edits = { name: 'b', enabled: false, description: 'line\nline: "2"', tags: ['1', 'y z'] };
    const edited = editWorkflowDocument(text, edits);
    expect(workflowDocument(edited ?? '')).toEqual({ ...edits, steps: [] });
  });

  it('leaves the text unchanged when the value is the same', () => {
    expect(editWorkflowDocument(TEXT, { name: 'Search', tags: ['a', 'b'] })).toBe(TEXT);
  });

  it('returns undefined when the edit would change another value', () => {
    const text = 'name: &n a\ndescription: *n\nsteps: []\n';
    expect(editWorkflowDocument(text, { name: 'b' })).toBeUndefined();
  });

  it.each(['- a', 'a: [', ''])('returns undefined when the text is not an object: %j', (text) => {
    expect(editWorkflowDocument(text, { name: 'b' })).toBeUndefined();
  });
});
