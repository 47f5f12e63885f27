export { CodeEditor, type CodeEditorHandle } from './code_editor.tsx';
export type { Placeholder } from './placeholder_extension.ts';
