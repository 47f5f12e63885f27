/** Size of a change, as changesets name it. */
export type ChangeSize = 'major' | 'minor' | 'patch';

/** One changeset: its size and its text. */
export interface Change {
  readonly size: ChangeSize;
  /** Text in Markdown. Further paragraphs may follow the first line. */
  readonly summary: string;
}

const HEADINGS: readonly (readonly [ChangeSize, string])[] = [
  ['major', 'Changes that need action'],
  ['minor', 'New'],
  ['patch', 'Corrected'],
];

/**
 * Adds a release above the earlier ones.
 * @param date date of the release, for example `2030-01-31`
 * @throws Error when the changelog already has the version, or contains no earlier release
 */
export function addRelease(
  changelog: string,
  release: { readonly version: string; readonly date: string; readonly changes: readonly Change[] },
): string {
  const { version, date, changes } = release;
  if (changelog.includes(`\n## ${version}`)) {
    throw new Error(`CHANGELOG.md already has version ${version}`);
  }
  const firstRelease = changelog.indexOf('\n## ');
  if (firstRelease < 0) throw new Error('CHANGELOG.md has no release');
  const sections = HEADINGS.flatMap(([size, heading]) => {
    const entries = changes.filter((change) => change.size === size).map(entryOf);
    return entries.length === 0 ? [] : [`### ${heading}\n\n${entries.join('\n')}`];
  });
  const text = [`## ${version} (${date})`, ...sections].join('\n\n');
  return `${changelog.slice(0, firstRelease)}\n${text}\n${changelog.slice(firstRelease)}`;
}

/** Returns a list entry. Its later lines are indented, so that they stay part of the entry. */
const entryOf = ({ summary }: Change): string => `- ${summary.trim().replace(/\n(?=.)/g, '\n  ')}`;
