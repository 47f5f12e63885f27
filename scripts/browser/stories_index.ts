import { escapeHtml } from '@latchkey/core/common';
import type { RenderedStory } from './examined_page.ts';

/** Returns a page with all pictures. The pictures of one story are in one row. */
export function storiesIndex(rendered: readonly RenderedStory[]): string {
  const groups = Map.groupBy(rendered, ({ group }) => group);
  const sections = [...groups].map(([group, pictures]) => {
    const stories = Map.groupBy(pictures, ({ story }) => story);
    return `<h2>${escapeHtml(group)}</h2>${[...stories].map(storyRow).join('')}`;
  });
  const failed = rendered.filter(({ findings }) => findings.length > 0).length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Stories</title>
<style>
  body { font: 14px sans-serif; margin: 24px; background: #f6f7f9; }
  .row { display: flex; gap: 12px; align-items: flex-start; overflow-x: auto; }
  .row img { height: 360px; border: 1px solid #ccc; }
  li { color: #b00020; }
</style>
<h1>Stories: ${rendered.length} pictures, ${failed} with findings</h1>
${sections.join('\n')}
</html>
`;
}

function storyRow([story, rendered]: readonly [string, readonly RenderedStory[]]): string {
  const pictures = rendered.map(({ picture, theme, width }) => {
    const label = `${theme}, ${width} px`;
    return `<a href="${picture}"><img src="${picture}" alt="${label}" title="${label}" loading="lazy"></a>`;
  });
  const findings = rendered.flatMap(({ theme, width, findings: found }) =>
    found.map((text) => `<li>${theme}, ${width} px: ${escapeHtml(text)}</li>`),
  );
  return `<h3>${escapeHtml(story)}</h3><div class="row">${pictures.join('')}</div><ul>${findings.join('')}</ul>`;
}
