import { join } from 'node:path';
import type { Plugin } from 'vite';

/** Change of the code of a library while the web app is built. */
export interface LibraryPatch {
  readonly name: string;
  /** Path of the changed module. */
  readonly file: RegExp;
  /** Texts of the module, each with its replacement. Each must occur. */
  readonly changes: readonly (readonly [search: string | RegExp, replacement: string])[];
}

/** Patches that save CPU time of the main thread. None changes what users see. */
export const libraryPatchList = (root: string): readonly LibraryPatch[] => [
  {
    // A popover of EUI that is mounted looks for its button, to set attributes of it. The search
    // asks for the computed style of each element, which forces a layout of the whole page: once
    // for each row of a table with menus. A selector needs no layout; it finds hidden buttons too,
    // which changes nothing.
    name: 'EuiPopover',
    file: /\/components\/popover\/popover\.js$/,
    changes: [
      [
        'focusable(_this.button)',
        "_this.button.querySelectorAll('button:enabled, a[href], input:enabled, [tabindex]')",
      ],
    ],
  },
  {
    // The observer of the size, which the header cell starts next, reports the same width after the
    // layout. Asking for it here forces a layout before the table is complete.
    name: 'EuiTableHeaderCell',
    file: /\/components\/table\/table_header_cell\.js$/,
    changes: [['selfRef.current.getBoundingClientRect().width', '0']],
  },
  {
    // A badge reads its text from the layout, for its title, and is rendered three times for that.
    // A badge that is a text has it at once.
    name: 'EuiBadge',
    file: /\/components\/badge\/badge\.js$/,
    changes: [
      [
        '  if (iconOnClick) {\n    return onClick',
        `  if (typeof children === 'string' && !iconOnClick && !onClick && !href) {
    return ___EmotionJSX("span", _extends({
      className: classes,
      css: cssStyles,
      style: customColorStyles,
      title: children
    }, rest), content);
  }
  if (iconOnClick) {\n    return onClick`,
      ],
    ],
  },
  {
    // Elements that show their text as title read it from the layout, which forces one.
    name: 'EuiInnerText',
    file: /\/components\/inner_text\/inner_text\.js$/,
    changes: [["'innerText' in node ? node.innerText : node.textContent", 'node.textContent']],
  },
  {
    // EUI sorts its icons several times, for lists in its documentation.
    name: "EUI's list of icons",
    file: /\/icon\/icon_map\.js$/,
    changes: [[/var getTypeToPathMapMetadata[\s\S]*$/, '']],
  },
  {
    // EUI computes its default theme when the module is loaded. The provider of the web app has a
    // theme of its own.
    name: "EUI's theme context",
    file: /\/services\/theme\/context\.js$/,
    changes: [['getComputed(DEFAULTS.system, DEFAULTS.modifications, DEFAULTS.colorMode)', '{}']],
  },
  {
    // Colors for high contrast are computed even when they are not used.
    name: "EUI's colors for high contrast",
    file: /\/services\/theme\/high_contrast_overrides\.js$/,
    changes: [
      [
        'useMemo(function () {\n    var borderColor',
        'useMemo(function () {\n    if (!highContrastMode) return undefined;\n    var borderColor',
      ],
      ['[system, colorMode, ', '[!highContrastMode, system, colorMode, '],
    ],
  },
  {
    // EUI computes the theme in each render of the provider, and once more after the first one,
    // which renders the page a second time with an equal theme.
    name: 'EuiThemeProvider',
    file: /\/services\/theme\/provider\.js$/,
    changes: [
      [
        'useState(isParentTheme.current && Object.keys(parentTheme)',
        'useState(() => isParentTheme.current && Object.keys(parentTheme)',
      ],
      ['var _useState7 =', 'var isComputed = useRef(true);\n  var _useState7 ='],
      [
        'if (!isParentTheme.current) {',
        'if (isComputed.current) {\n      isComputed.current = false;\n    } else if (!isParentTheme.current) {',
      ],
    ],
  },
  {
    // Emotion renders three components for each element with a style, to insert the style in an
    // effect. Inserted in the render, as Emotion does with React 17, it needs one.
    name: 'the element of Emotion',
    file: /@emotion\/react\/dist\/emotion-element-\w+\.browser\.esm\.js$/,
    changes: [
      [
        /return \/\*#__PURE__\*\/React\.createElement\(React\.Fragment, null, \/\*#__PURE__\*\/React\.createElement\(Insertion, \{[^}]*\}\), \/\*#__PURE__\*\/React\.createElement\(WrappedComponent, newProps\)\);/,
        "insertStyles(cache, serialized, typeof WrappedComponent === 'string');\n  return /*#__PURE__*/React.createElement(WrappedComponent, newProps);",
      ],
    ],
  },
  {
    name: 'the serialization of Emotion',
    file: /@emotion\/serialize\/dist\/emotion-serialize\.esm\.js$/,
    changes: [
      [
        'export { serializeStyles };',
        `import { cachedSerialization } from ${JSON.stringify(join(root, 'scripts/browser/style_cache.ts'))};
const serializeOnce = cachedSerialization(serializeStyles);
export { serializeOnce as serializeStyles };`,
      ],
    ],
  },
];

/**
 * Changes code of a library.
 * @throws Error when the module no longer contains a text that is replaced
 */
export function patchedCode({ name, changes }: LibraryPatch, code: string): string {
  return changes.reduce((text, [search, replacement]) => {
    const isThere = typeof search === 'string' ? text.includes(search) : search.test(text);
    if (!isThere) {
      throw new Error(
        `The code of ${name} has changed: update its patch in scripts/browser/library_patches.ts.`,
      );
    }
    return text.replace(search, () => replacement);
  }, code);
}

/** Plugins of Vite that apply the patches. */
export const libraryPatches = (root: string): readonly Plugin[] =>
  libraryPatchList(root).map((patch) => ({
    name: `latchkey-patch: ${patch.name}`,
    transform: {
      filter: { id: patch.file },
      handler: (code: string) => ({ code: patchedCode(patch, code), map: null }),
    },
  }));
