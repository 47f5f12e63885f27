import type { Plugin } from 'vite';

/** A change of the code of a library that is made while the web app is built. */
export interface LibraryPatch {
  readonly name: string;
  /** Path of the changed module. */
  readonly file: RegExp;
  /** Texts of the module, each with its replacement. Every text must occur in the module. */
  readonly changes: readonly (readonly [search: string | RegExp, replacement: string])[];
}

/**
 * Patches that save CPU time of the main thread. Each saves at least 3 % of a cold load or of a
 * keystroke (testing/bench/README.md). None changes what users see.
 */
export const LIBRARY_PATCHES: readonly LibraryPatch[] = [
  {
    // When a popover of EUI is mounted, it searches its button to set attributes of it. The search
    // reads the computed style of each element, which forces a layout of the whole page, once for
    // each row of a table with menus. A selector needs no layout. It also finds hidden buttons,
    // which does not matter.
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
    // EUI asks for the width here, which forces a layout before the table is complete. The size
    // observer that the header cell starts next reports the same width after the layout.
    name: 'EuiTableHeaderCell',
    file: /\/components\/table\/table_header_cell\.js$/,
    changes: [['selfRef.current.getBoundingClientRect().width', '0']],
  },
  {
    // Elements that show their text as title read `innerText`, which forces a layout.
    name: 'EuiInnerText',
    file: /\/components\/inner_text\/inner_text\.js$/,
    changes: [["'innerText' in node ? node.innerText : node.textContent", 'node.textContent']],
  },
  {
    // EUI sorts its icons several times for lists that only its documentation uses.
    name: "EUI's list of icons",
    file: /\/icon\/icon_map\.js$/,
    changes: [[/var getTypeToPathMapMetadata[\s\S]*$/, '']],
  },
  {
    // EUI computes the theme in each render of the provider, and once more after the first render.
    // This renders the whole page a second time with an equal theme.
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
];

/**
 * Returns the changed code of a library.
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

/** Returns plugins of Vite that apply the patches. */
export const libraryPatches = (): readonly Plugin[] =>
  LIBRARY_PATCHES.map((patch) => ({
    name: `latchkey-patch: ${patch.name}`,
    transform: {
      filter: { id: patch.file },
      handler: (code: string) => ({ code: patchedCode(patch, code), map: null }),
    },
  }));
