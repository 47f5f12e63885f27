import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { EuiThemeComputed } from '@elastic/eui';
import { tags } from '@lezer/highlight';

/** Colors and fonts of the editor in the theme of the web app. */
export function editorTheme(
  { colors, font, border, size }: EuiThemeComputed,
  isDark: boolean,
): Extension {
  // The types of EUI allow kinds of values that its themes never contain.
  const line = String(border.thin);
  const radius = String(border.radius.small);
  const codeFont = String(font.familyCode);
  const textFont = String(font.family);
  const popup = {
    backgroundColor: colors.backgroundBasePlain,
    color: colors.textParagraph,
    border: line,
    borderRadius: radius,
  };
  const theme = EditorView.theme(
    {
      '&': {
        height: '100%',
        fontSize: '13px',
        backgroundColor: colors.backgroundBasePlain,
        color: colors.textParagraph,
      },
      '&.cm-focused': { outline: `2px solid ${colors.primary}`, outlineOffset: '-2px' },
      '.cm-scroller': { fontFamily: codeFont, lineHeight: '1.6' },
      '.cm-content': { caretColor: colors.textHeading },
      '.cm-cursor': { borderLeftColor: colors.textHeading },
      '.cm-gutters': {
        backgroundColor: colors.backgroundBaseSubdued,
        color: colors.textSubdued,
        borderRight: line,
      },
      '.cm-activeLine': { backgroundColor: 'transparent' },
      '&.cm-focused .cm-activeLine': { backgroundColor: `${colors.backgroundBaseSubdued}99` },
      '.cm-activeLineGutter': { backgroundColor: colors.backgroundBaseInteractiveSelect },
      '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
        { backgroundColor: colors.backgroundBaseInteractiveSelect },
      '.cm-tooltip': popup,
      '.cm-tooltip-lint .cm-diagnosticText': { fontFamily: textFont },
      '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: codeFont },
      '.cm-tooltip-autocomplete ul li[aria-selected]': {
        backgroundColor: colors.backgroundBaseInteractiveSelect,
        color: colors.textHeading,
      },
      '.cm-completionDetail': { color: colors.textSubdued },
      '.cm-completionInfo, .cm-hover': {
        fontFamily: textFont,
        padding: size.s,
        maxWidth: '360px',
      },
      '.cm-diagnosticAction': {
        backgroundColor: colors.backgroundFilledPrimary,
        color: colors.textInverse,
      },
      '.cm-panels': { ...popup, borderRadius: '0' },
      '.cm-panels button, .cm-panels input': {
        backgroundImage: 'none',
        backgroundColor: colors.backgroundBaseSubdued,
        color: colors.textParagraph,
        border: line,
      },
      '.cm-foldPlaceholder': {
        backgroundColor: colors.backgroundBaseSubdued,
        color: colors.textSubdued,
        border: line,
      },
      '.cm-placeholder-connector': {
        backgroundColor: colors.backgroundBaseWarning,
        color: colors.textWarning,
        borderRadius: radius,
      },
      '.cm-choose-connector': {
        marginLeft: size.s,
        padding: `0 ${size.s}`,
        fontFamily: textFont,
        fontSize: '12px',
        color: colors.textPrimary,
        backgroundColor: colors.backgroundBasePrimary,
        border: `1px solid ${colors.borderBasePrimary}`,
        borderRadius: radius,
        cursor: 'pointer',
      },
    },
    { dark: isDark },
  );
  const highlight = HighlightStyle.define([
    { tag: tags.comment, color: colors.textSubdued, fontStyle: 'italic' },
    { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: colors.textPrimary },
    { tag: [tags.string, tags.special(tags.string)], color: colors.textSuccess },
    { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: colors.textAccent },
    { tag: [tags.typeName, tags.labelName, tags.meta], color: colors.textWarning },
  ]);
  return [theme, syntaxHighlighting(highlight)];
}
